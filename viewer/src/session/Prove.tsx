import { Button, PasswordInput } from "@mantine/core";
import { useEffect, useRef, useState, type JSX, type ReactNode, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { FailedLine } from "@/ui/States";
import { CodeInput } from "./CodeInput";
import { askKey, PasskeyError } from "./passkey";
import classes from "./Prove.module.css";
import { Refused } from "./SignInForm";

/** What stands for somebody's will: the key's answer, or both factors typed again. */
export type Proof = { readonly credential: unknown } | { readonly password: string; readonly totp_code: string };

interface ProveProps {
  readonly start: { readonly method: string; readonly options?: unknown };
  readonly busy: boolean;
  readonly words: {
    readonly hint: string;
    readonly back: string;
    readonly withKey: string;
    readonly withPassword: string;
  };
  readonly onClose: () => void;
  readonly onProve: (prove: () => Promise<Proof>) => void;
  /** What is stated by proving, or must be known before. */
  readonly children?: ReactNode;
}

/** A touch of the key, or both factors typed again. */
export function Prove({ start, busy, words, onClose, onProve, children }: ProveProps): JSX.Element {
  const { t } = useTranslation("session");
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
    <form onSubmit={submit} className={classes["form"]}>
      {children}
      {byKey ? (
        <p className={classes["quiet"]}>{words.hint}</p>
      ) : (
        <div className={classes["factors"]}>
          <PasswordInput
            label={t("password")}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete="current-password"
            visibilityToggleButtonProps={{ "aria-label": t("show_password") }}
            required
            withAsterisk={false}
          />
          <CodeInput label={t("code")} value={code} onChange={setCode} />
        </div>
      )}
      <div className={classes["buttons"]}>
        <Button variant="default" onClick={onClose} disabled={busy}>
          {words.back}
        </Button>
        <Button type="submit" loading={busy} ref={key}>
          {byKey ? words.withKey : words.withPassword}
        </Button>
      </div>
    </form>
  );
}

/** Why a proof was none: the key's own reason where it has one. */
export function ProofFailure({ error }: { readonly error: unknown }): JSX.Element {
  const { t } = useTranslation("session");
  if (error instanceof PasskeyError) return <Refused text={t(`key_failure.${error.failure}`)} />;
  return <FailedLine error={error} />;
}
