import { Button, PasswordInput } from "@mantine/core";
import { useEffect, useRef, useState, type SyntheticEvent, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "@/api/client";
import type { SigningStart } from "@/api/types";
import { CodeInput } from "@/session/CodeInput";
import { askKey, PasskeyError } from "@/session/passkey";
import { Refused } from "@/session/SignInForm";
import { FailedLine } from "@/ui/States";
import type { Proof } from "./api";
import classes from "./Report.module.css";

/** Why a signature did not come about. */
export function SigningFailure({ error }: { readonly error: unknown }): JSX.Element | null {
  const { t } = useTranslation(["report", "session"]);
  if (error === null) return null;
  if (error instanceof PasskeyError) return <Refused text={t(`session:key_failure.${error.failure}`)} />;
  if (error instanceof ApiProblem && error.status === 401) return <Refused text={t("sign.refused")} />;
  if (error instanceof Error && error.message === "unsaved") return <Refused text={t("sign.unsaved")} />;
  return <FailedLine error={error} />;
}

export interface ProveProps {
  readonly start: SigningStart;
  readonly busy: boolean;
  /** What the signature does, where that is not to finalise. */
  readonly word?: string | undefined;
  readonly onClose: () => void;
  readonly onProve: (prove: () => Promise<Proof>) => void;
}

/** A touch of the key, or both factors typed again. */
export function Prove({ start, busy, word, onClose, onProve }: ProveProps): JSX.Element {
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
          {word ?? (byKey ? t("sign.with_key") : t("sign.with_password"))}
        </Button>
      </div>
    </form>
  );
}
