import { Button, PasswordInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, type SyntheticEvent, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "@/api/client";
import { useHolding } from "@/messages/api";
import { HeldBy } from "@/messages/marks";
import type { Check, Report, ReportForm, SigningStart, WorklistItem } from "@/api/types";
import { CodeInput } from "@/session/CodeInput";
import { askKey, PasskeyError } from "@/session/passkey";
import { Refused } from "@/session/SignInForm";
import { Dialog } from "@/ui/Dialog";
import { FailedLine, LoadingRows } from "@/ui/States";
import { DayText, Name } from "@/ui/Written";
import { WORKLIST_KEY } from "@/worklist/api";
import { beginSigning, reportKey, sign, type Proof } from "./api";
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
            <Prove start={start} busy={busy} onClose={onClose} onProve={(prove) => finish(start, prove)} />
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
  const { t } = useTranslation(["report", "session"]);
  if (error === null) return null;
  if (error instanceof PasskeyError) return <Refused text={t(`session:key_failure.${error.failure}`)} />;
  if (error instanceof ApiProblem && error.status === 401) return <Refused text={t("sign.refused")} />;
  if (error instanceof Error && error.message === "unsaved") return <Refused text={t("sign.unsaved")} />;
  return <FailedLine error={error} />;
}

interface ProveProps {
  readonly start: SigningStart;
  readonly busy: boolean;
  readonly onClose: () => void;
  readonly onProve: (prove: () => Promise<Proof>) => void;
}

/** A touch of the key, or both factors typed again. */
function Prove({ start, busy, onClose, onProve }: ProveProps): JSX.Element {
  const { t } = useTranslation(["report", "session"]);
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const byKey = start.method === "passkey";
  const key = useRef<HTMLButtonElement>(null);
  // The dialog stood before its button did: Enter goes on to the key, which asks for touch and PIN itself.
  useEffect(() => {
    if (byKey) key.current?.focus();
  }, [byKey]);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    onProve(async () => (byKey ? { credential: await askKey(start.options) } : { password, totp_code: code }));
  };
  return (
    <form onSubmit={submit} className={classes["group"]}>
      {byKey ? (
        <p className={classes["quiet"]}>{t("sign.key_hint")}</p>
      ) : (
        <div className={classes["fields"]}>
          {start.synced_refused && <p className={classes["quiet"]}>{t("sign.synced")}</p>}
          <PasswordInput
            label={t("session:password")}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete="current-password"
            visibilityToggleButtonProps={{ "aria-label": t("session:show_password") }}
            required
            withAsterisk={false}
          />
          <CodeInput label={t("session:code")} value={code} onChange={setCode} />
        </div>
      )}
      <div className={classes["buttons"]}>
        <Button variant="default" onClick={onClose} disabled={busy}>
          {t("sign.back")}
        </Button>
        <Button type="submit" loading={busy} ref={key}>
          {byKey ? t("sign.with_key") : t("sign.with_password")}
        </Button>
      </div>
    </form>
  );
}
