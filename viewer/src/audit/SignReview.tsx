import { useEffect, useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { AuditReviewStart } from "@/api/types";
import { ProofFailure, Prove } from "@/session/Prove";
import { Dialog } from "@/ui/Dialog";
import { FailedLine, LoadingRows } from "@/ui/States";
import { useCount } from "@/ui/Written";
import { beginReviewSignature, useSignReview } from "./api";
import classes from "./Audit.module.css";
import { readDocument } from "./document";
import { GROUPS } from "./filters";
import { useEventWord } from "./useWords";

/** The month in figures, and the key's touch, or both factors, that stand for having looked at it. */
export function SignReview({ month, onClose }: { readonly month: string; readonly onClose: () => void }): JSX.Element {
  const { t } = useTranslation("audit");
  const [start, setStart] = useState<AuditReviewStart | null>(null);
  const [error, setError] = useState<unknown>(null);
  const sign = useSignReview();
  useEffect(() => {
    let wanted = true;
    beginReviewSignature(month)
      .then((begun) => wanted && setStart(begun))
      .catch((reason: unknown) => wanted && setError(reason));
    return () => {
      wanted = false;
    };
  }, [month]);
  return (
    <Dialog onClose={onClose} title={t("sign.title", { month })} closeLabel={t("close")} wide held={sign.isPending}>
      {start ? (
        <div className={classes["form"]}>
          <Shown document={start.document} />
          <span className={`${classes["quiet"] ?? ""} ${classes["digest"] ?? ""}`}>
            {t("sign.digest", { digest: start.digest })}
          </span>
          {sign.error && <ProofFailure error={sign.error} />}
          <Prove
            start={start}
            busy={sign.isPending}
            onClose={onClose}
            words={{
              hint: t("sign.key_hint"),
              back: t("close"),
              withKey: t("sign.with_key"),
              withPassword: t("sign.with_password"),
            }}
            onProve={(prove) => sign.mutate({ start, month, prove }, { onSuccess: onClose })}
          >
            <p className={classes["statement"]}>{t("sign.statement")}</p>
          </Prove>
        </div>
      ) : error === null ? (
        <LoadingRows rows={6} />
      ) : (
        <FailedLine error={error} />
      )}
    </Dialog>
  );
}

function Shown({ document }: { readonly document: AuditReviewStart["document"] }): JSX.Element {
  const { t } = useTranslation("audit");
  const count = useCount();
  const word = useEventWord();
  const { entries, groups, failures, chain, anomalies } = readDocument(document);
  return (
    <dl className={classes["facts"]} tabIndex={0} aria-label={t("sign.shown")}>
      <div>
        <dt>{t("sign.entries")}</dt>
        <dd>{count(entries)}</dd>
      </div>
      <div>
        <dt>{t("sign.groups")}</dt>
        <dd>
          {GROUPS.filter((group) => groups[group])
            .map((group) => `${t(`group.${group}`)} ${count(groups[group] ?? 0)}`)
            .join(" · ") || t("sign.none")}
        </dd>
      </div>
      <div>
        <dt>{t("sign.failures")}</dt>
        <dd>
          {Object.entries(failures)
            .map(([event, number]) => `${word(event)} ${count(number)}`)
            .join(" · ") || t("sign.none")}
        </dd>
      </div>
      <div>
        <dt>{t("sign.chain")}</dt>
        <dd>
          {chain === null
            ? t("sign.chain_unchecked")
            : chain.brokenAt === null
              ? t("sign.chain_whole", { entries: count(chain.entries) })
              : t("sign.chain_broken", { number: count(chain.brokenAt) })}
        </dd>
      </div>
      <div>
        <dt>{t("sign.anomalies")}</dt>
        <dd>
          {anomalies.length === 0
            ? t("sign.none")
            : anomalies.map(({ id, text, closed }) => (
                <p key={id}>
                  {text} <span className={classes["quiet"]}>{closed ? t("anomaly.closed") : t("anomaly.open")}</span>
                </p>
              ))}
        </dd>
      </div>
    </dl>
  );
}
