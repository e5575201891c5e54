import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "@/api/client";
import { useHolding } from "@/messages/api";
import { HeldBy } from "@/messages/marks";
import type { Check, Report, ReportForm, SigningStart, WorklistItem } from "@/api/types";
import { ProofFailure, Prove, type Proof } from "@/session/Prove";
import { Refused } from "@/session/SignInForm";
import { Dialog } from "@/ui/Dialog";
import { LoadingRows } from "@/ui/States";
import { DayText, Name } from "@/ui/Written";
import { WORKLIST_KEY } from "@/worklist/api";
import { beginSigning, reportKey, sign } from "./api";
import { Checks } from "./Checks";
import { gapsOf, isSignable, openChecks, type Draft } from "./model";
import classes from "./Report.module.css";
import type { DraftSaver } from "./saver";

const HEARD_AFTER = 1000;

export interface SignDialogProps {
  readonly item: WorklistItem;
  readonly draft: Draft;
  readonly saver: DraftSaver;
  readonly form: ReportForm | undefined;
  readonly imagesRead: number;
  readonly onClose: () => void;
}

/** The one confirmation screen (REC-02): whose, what exactly, and the key's touch that stands for it. */
export function SignDialog({ item, draft, saver, form, imagesRead, onClose }: SignDialogProps): JSX.Element {
  const { t } = useTranslation(["report", "structured"]);
  const client = useQueryClient();
  const [start, setStart] = useState<SigningStart | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [left, setLeft] = useState<readonly Check[]>([]);
  const itemId = item.worklist_item_id;

  const held = useHolding(itemId);
  const signable = isSignable(draft, imagesRead) && held.length === 0;

  useEffect(() => {
    if (!signable) return undefined;
    let wanted = true;
    const begin = async (): Promise<void> => {
      if (!(await saver.saveForSigning())) throw new Error("unsaved");
      const checks = client.getQueryData<Report>(reportKey(itemId))?.checks ?? [];
      const open = openChecks(checks, saver.currentDraft().answers);
      if (wanted) setLeft(open);
      if (open.length > 0) return;
      const begun = await beginSigning(itemId);
      if (wanted) setStart(begun);
    };
    begin().catch((reason: unknown) => {
      if (wanted) setError(reason);
    });
    return () => {
      wanted = false;
    };
  }, [client, itemId, saver, signable]);

  const finish = (begun: SigningStart, prove: () => Promise<Proof>): void => {
    setBusy(true);
    setError(null);
    void prove()
      .then((proof) => sign(itemId, begun.version_digest, proof))
      .then((signed) => {
        client.setQueryData(reportKey(itemId), signed);
        // The worklist hears of it from the hub's worker, a moment after the answer.
        window.setTimeout(() => void client.invalidateQueries({ queryKey: WORKLIST_KEY }), HEARD_AFTER);
        onClose();
      })
      .catch(setError)
      .finally(() => setBusy(false));
  };

  const gaps = gapsOf(draft, imagesRead);
  return (
    <Dialog onClose={onClose} title={t("sign.title")} closeLabel={t("sign.back")} wide held={busy}>
      <div className={classes["dialog"]}>
        <div>
          <p className={classes["caseName"]}>
            <Name name={item.patient_name} />
          </p>
          <p className={classes["caseFacts"]} style={{ marginBottom: 0 }}>
            <span>{item.patient_id}</span>
            <DayText value={item.patient_birth_date} />
            <span>
              {item.modalities.join(" ")} <DayText value={item.study_date} />
            </span>
          </p>
        </div>
        <HeldBy messages={held} />
        {gaps.length > 0 && (
          <ul className={classes["gaps"]}>
            {gaps.map((gap) => (
              <li key={gap}>{t(`gap.${gap}`)}</li>
            ))}
          </ul>
        )}
        {form && <Checks form={form} checks={left} answers={[]} onAnswer={null} />}
        {!signable || left.length > 0 ? (
          <div className={classes["bottom"]}>
            <p className={classes["quiet"]}>
              {held.length === 0 && t(signable ? "structured:checks.first" : "sign.not_yet")}
            </p>
            <Button onClick={onClose}>{t("sign.back")}</Button>
          </div>
        ) : start ? (
          <>
            <div className={classes["shown"]}>
              <span className={classes["label"]} id="exact-text">
                {t("sign.exact")}
              </span>
              <pre className={classes["exact"]} tabIndex={0} aria-labelledby="exact-text">
                {start.text}
              </pre>
              <span className={`${classes["quiet"] ?? ""} ${classes["digest"] ?? ""}`}>
                {t("sign.digest", { digest: start.version_digest })}
              </span>
            </div>
            <SigningFailure error={error} />
            <Prove
              start={start}
              busy={busy}
              onClose={onClose}
              words={{
                hint: t("sign.key_hint"),
                back: t("sign.back"),
                withKey: t("sign.with_key"),
                withPassword: t("sign.with_password"),
              }}
              onProve={(prove) => finish(start, prove)}
            >
              {start.synced_refused && <p className={classes["quiet"]}>{t("sign.synced")}</p>}
            </Prove>
          </>
        ) : error === null ? (
          <LoadingRows rows={5} />
        ) : (
          <SigningFailure error={error} />
        )}
      </div>
    </Dialog>
  );
}

function SigningFailure({ error }: { readonly error: unknown }): JSX.Element | null {
  const { t } = useTranslation("report");
  if (error === null) return null;
  if (error instanceof ApiProblem && error.status === 401) return <Refused text={t("sign.refused")} />;
  if (error instanceof Error && error.message === "unsaved") return <Refused text={t("sign.unsaved")} />;
  return <ProofFailure error={error} />;
}
