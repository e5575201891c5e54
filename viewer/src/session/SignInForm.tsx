import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useState, type SyntheticEvent, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "@/api/client";
import type { Session } from "@/api/types";
import { FailedLine } from "@/ui/States";
import { passkeyOptions, signInWithPasskey, signInWithPassword, signInWithSubstitute } from "./api";
import { CodeInput } from "./CodeInput";
import classes from "./Session.module.css";
import { askKey, PasskeyError } from "./passkey";
import { SubstituteFields } from "./SubstituteFields";

export interface SignInFormProps {
  /** Set on the lock screen: only this person may come back to this page. */
  readonly userName?: string;
  readonly onSignedIn: (session: Session) => void;
}

type Busy = "passkey" | "password" | "substitute" | null;
type Way = "passkey" | "password" | "substitute";

/** Two ways in, neither with one factor only: a key with PIN or biometry, or password and code (AUTH-04, AUTH-05). */
export function SignInForm({ userName: fixedName, onSignedIn }: SignInFormProps): JSX.Element {
  const { t } = useTranslation(["session", "rights"]);
  const [userName, setUserName] = useState(fixedName ?? "");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [way, setWay] = useState<Way>("passkey");
  const [busy, setBusy] = useState<Busy>(null);
  const [error, setError] = useState<unknown>(null);

  const attempt = (by: Way, verb: () => Promise<Session>): void => {
    setBusy(by);
    setError(null);
    void verb()
      .then(onSignedIn)
      .catch((reason: unknown) => {
        setError(reason);
        setCode("");
      })
      .finally(() => setBusy(null));
  };

  const byKey = (): void => attempt("passkey", async () => signInWithPasskey(await askKey(await passkeyOptions())));

  const byPassword = (event: SyntheticEvent): void => {
    event.preventDefault();
    attempt("password", () => signInWithPassword({ user_name: userName.trim(), password, totp_code: code }));
  };

  return (
    <div className={classes["form"]}>
      {error !== null && <SignInFailure error={error} />}
      <Button
        size="md"
        fullWidth
        loading={busy === "passkey"}
        disabled={busy !== null && busy !== "passkey"}
        onClick={byKey}
      >
        {t("with_key")}
      </Button>
      {way === "passkey" && <p className={classes["hint"]}>{t("with_key_hint")}</p>}
      {way === "substitute" && (
        <SubstituteFields
          userName={fixedName}
          busy={busy === "substitute"}
          onTyped={(typed) => attempt("substitute", () => signInWithSubstitute(typed))}
        />
      )}
      {way === "password" && (
        <form onSubmit={byPassword} className={classes["fields"]}>
          <div className={classes["or"]}>{t("or")}</div>
          {fixedName === undefined && (
            <TextInput
              label={t("user_name")}
              required
              withAsterisk={false}
              value={userName}
              onChange={(event) => setUserName(event.currentTarget.value)}
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              data-autofocus
            />
          )}
          <PasswordInput
            label={t("password")}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete="current-password"
            visibilityToggleButtonProps={{ "aria-label": t("show_password") }}
            required
            withAsterisk={false}
          />
          <CodeInput label={t("code")} description={t("code_hint")} value={code} onChange={setCode} />
          <Button type="submit" variant="default" size="md" loading={busy === "password"} disabled={busy === "passkey"}>
            {t("with_password")}
          </Button>
        </form>
      )}
      {way === "passkey" && (
        <Button variant="subtle" onClick={() => setWay("password")} disabled={busy !== null}>
          {t("use_password")}
        </Button>
      )}
      {way === "password" && (
        <Button variant="subtle" onClick={() => setWay("substitute")} disabled={busy !== null}>
          {t("rights:sign_in.use")}
        </Button>
      )}
    </div>
  );
}

/** One message for whatever was wrong with a sign-in (AUTH-09); the browser's and the line's failures have their own. */
function SignInFailure({ error }: { readonly error: unknown }): JSX.Element {
  const { t } = useTranslation("session");
  if (error instanceof PasskeyError) return <Refused text={t(`key_failure.${error.failure}`)} />;
  if (error instanceof ApiProblem && error.status === 429) return <Refused text={t("locked_out")} />;
  if (error instanceof ApiProblem && error.status < 500) return <Refused text={t("refused")} />;
  return <FailedLine error={error} />;
}

export function Refused({ text }: { readonly text: string }): JSX.Element {
  return (
    <p role="alert" className={classes["refused"]}>
      {text}
    </p>
  );
}
