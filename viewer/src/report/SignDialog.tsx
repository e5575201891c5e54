import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { tellScreen } from "@/display/api";
import { readScreen } from "@/display/screen";
import { useHolding } from "@/messages/api";
import { HeldBy } from "@/messages/marks";
import type { Check, Report, ReportForm, SigningStart, WorklistItem } from "@/api/types";
import type { Proof } from "@/session/Prove";
import { Dialog } from "@/ui/Dialog";
import { LoadingRows } from "@/ui/States";
import { DayText, Name } from "@/ui/Written";
import { WORKLIST_KEY } from "@/worklist/api";
import { beginSigning, reportKey, sign } from "./api";
import { Checks } from "./Checks";
import { LinkedImages } from "./LinkedImages";
import { Prove, SigningFailure } from "./Prove";
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
  /** It goes out as preliminary (速報): what the checks name may stay open until the report is final. */
  readonly preliminary: boolean;
  readonly onClose: () => void;
}

/** The one confirmation screen (REC-02): whose, what exactly, and the key's touch that stands for it. */
export function SignDialog({
  item,
  draft,
  saver,
  form,
  imagesRead,
  preliminary,
  onClose,
}: SignDialogProps): JSX.Element {
  const { t } = useTranslation(["report", "structured", "stages", "certificates"]);
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
      const open = preliminary ? [] : openChecks(checks, saver.currentDraft().answers);
      if (wanted) setLeft(open);
      if (open.length > 0) return;
      // What is signed names the display: the hub has to know of this one, not of the one before the last change.
      await tellScreen(client, await readScreen()).catch(() => undefined);
      const begun = await beginSigning(itemId, preliminary);
      if (wanted) setStart(begun);
    };
    begin().catch((reason: unknown) => {
      if (wanted) setError(reason);
    });
    return () => {
      wanted = false;
    };
  }, [client, itemId, preliminary, saver, signable]);

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
    <Dialog
      onClose={onClose}
      title={t(preliminary ? "stages:preliminary.title" : "sign.title")}
      closeLabel={t("sign.back")}
      wide
      held={busy}
    >
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
        {preliminary && <p className={classes["quiet"]}>{t("stages:preliminary.hint")}</p>}
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
              <LinkedImages images={start.linked_images} />
              <span className={`${classes["quiet"] ?? ""} ${classes["digest"] ?? ""}`}>
                {t("sign.digest", { digest: start.version_digest })}
              </span>
            </div>
            {start.certificate_needed && <p className={classes["quiet"]}>{t("certificates:needed")}</p>}
            <SigningFailure error={error} />
            <Prove
              start={start}
              busy={busy}
              word={preliminary ? t("stages:preliminary.sign") : undefined}
              onClose={onClose}
              onProve={(prove) => finish(start, prove)}
            />
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
