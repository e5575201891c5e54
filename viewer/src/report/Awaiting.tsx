import { Button, CopyButton } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { pollJson } from "@/api/client";
import type { Awaiting as Waits, Report } from "@/api/types";
import { CertificateFacts } from "@/rights/CertificateFacts";
import { Chip } from "@/ui/Chip";
import { useHubNow } from "@/ui/clock";
import { FailedLine } from "@/ui/States";
import { InstantText } from "@/ui/Written";
import { WORKLIST_KEY } from "@/worklist/api";
import { codeAgain, reportKey, reportPath, waitNoLonger } from "./api";
import classes from "./Awaiting.module.css";

const ASKED_EVERY = 2000;
const REFUSALS = [
  "unreadable",
  "other_document",
  "broken",
  "expired",
  "not_yet",
  "revoked",
  "foreign",
  "wrong_use",
  "no_physician",
  "other_person",
  "other_licence",
] as const;

export interface AwaitingProps {
  readonly itemId: string;
  readonly waits: Waits;
}

/** A report that its reader has signed by key, and that waits for their card: the code, whose certificate, what was refused. */
export function Awaiting({ itemId, waits }: AwaitingProps): JSX.Element {
  const { t } = useTranslation(["certificates", "ui"]);
  const client = useQueryClient();
  const [code, setCode] = useState(waits.code);
  const [error, setError] = useState<unknown>(null);
  const place = useRef<HTMLElement>(null);
  useOutcome(itemId);
  useEffect(() => {
    place.current?.scrollIntoView({ block: "start" }); // the button that led here stood below
  }, []);
  const run = (act: () => Promise<unknown>): void => {
    setError(null);
    act()
      .catch(setError)
      .finally(() => void client.invalidateQueries({ queryKey: reportKey(itemId) }));
  };
  const refusal = REFUSALS.find((one) => one === waits.refused);
  return (
    <section ref={place} className={classes["waiting"]} aria-labelledby="awaiting" data-awaiting="">
      <h3 id="awaiting">
        <Chip tone="attention" shape="dashed">
          {t("waiting")}
        </Chip>
      </h3>
      <p>{t("lead")}</p>
      {refusal && (
        <p role="alert" className={classes["refused"]} data-refused={refusal}>
          <strong>{t("refused_title")}</strong> {t(`refused.${refusal}`)}
        </p>
      )}
      <div className={classes["line"]}>
        {code ? (
          <>
            <span className={classes["label"]}>{t("code")}</span>
            <code className={classes["code"]} data-code="">
              {code}
            </code>
            <CopyButton value={code}>
              {({ copied, copy }) => (
                <Button size="xs" variant="default" onClick={copy}>
                  {copied ? t("ui:copied") : t("ui:copy")}
                </Button>
              )}
            </CopyButton>
          </>
        ) : (
          <span className={classes["quiet"]}>{t("no_code")}</span>
        )}
        <Button
          size="xs"
          variant={code ? "subtle" : "filled"}
          onClick={() => run(async () => setCode((await codeAgain(itemId)).code))}
        >
          {t("new_code")}
        </Button>
      </div>
      <dl className={classes["facts"]}>
        <dt>{t("command")}</dt>
        <dd>
          <code>{`dokuei desk sign --hub ${window.location.origin} --module …`}</code>
        </dd>
        <dt>{t("digest")}</dt>
        <dd>
          <code>{waits.version_digest}</code>
        </dd>
        <dt>{t("until")}</dt>
        <dd>
          <InstantText value={waits.expires_at} />
        </dd>
        <CertificateFacts certificate={waits.certificate} />
      </dl>
      {error !== null && <FailedLine error={error} />}
      <div className={classes["buttons"]}>
        <Button variant="default" onClick={() => run(() => waitNoLonger(itemId))}>
          {t("cancel")}
        </Button>
      </div>
    </section>
  );
}

/** What became of it meanwhile; asked by the page itself, which is nobody at work. */
function useOutcome(itemId: string): void {
  const client = useQueryClient();
  useQuery({
    queryKey: ["awaiting", itemId],
    queryFn: async ({ signal }) => {
      const fresh = await pollJson<Report>(reportPath(itemId), signal);
      client.setQueryData(reportKey(itemId), fresh);
      if (fresh.awaiting === null) void client.invalidateQueries({ queryKey: WORKLIST_KEY });
      return fresh.awaiting?.refused ?? "";
    },
    refetchInterval: ASKED_EVERY,
    gcTime: 0,
  });
}

/** That a wait ended by its time while the page was open: the draft is as it was. */
export function Lapsed({ report }: { readonly report: Report }): JSX.Element | null {
  const { t } = useTranslation("certificates");
  const now = useHubNow(ASKED_EVERY);
  const [last, setLast] = useState<string | null>(null);
  const until = report.awaiting?.expires_at ?? null;
  if (until !== null && until !== last) setLast(until);
  if (until !== null || last === null || report.status !== "draft" || Date.parse(last) > now) return null;
  return (
    <p role="status" className={classes["lapsed"]}>
      {t("lapsed")}
    </p>
  );
}
