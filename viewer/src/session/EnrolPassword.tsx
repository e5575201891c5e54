import { Button, PasswordInput } from "@mantine/core";
import { useState, type SyntheticEvent, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem, sendJson } from "@/api/client";
import type { TotpSecret } from "@/api/types";
import { FailedLine } from "@/ui/States";
import { CodeInput } from "./CodeInput";
import { ENROLMENTS, withCode } from "./EnrolPage";
import classes from "./Session.module.css";
import { Refused } from "./SignInForm";

export interface EnrolPasswordProps {
  readonly code: string;
  readonly userName: string;
  readonly onBack: () => void;
  readonly onDone: () => void;
}

/** Something known, then something held: a password, then the authenticator that makes the codes (AUTH-04). */
export function EnrolPassword({ code, userName, onBack, onDone }: EnrolPasswordProps): JSX.Element {
  const [invitation, setInvitation] = useState<TotpSecret | null>(null);
  if (invitation === null) {
    return <SetPassword code={code} userName={userName} onBack={onBack} onSet={setInvitation} />;
  }
  return <ConfirmCodes code={code} invitation={invitation} onDone={onDone} />;
}

interface SetPasswordProps {
  readonly code: string;
  readonly userName: string;
  readonly onBack: () => void;
  readonly onSet: (invitation: TotpSecret) => void;
}

const SHORTEST = 8;

function SetPassword({ code, userName, onBack, onSet }: SetPasswordProps): JSX.Element {
  const { t } = useTranslation("session");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const differs = again !== "" && again !== password;

  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (password !== again) return;
    setBusy(true);
    setError(null);
    void sendJson<TotpSecret>("POST", `${ENROLMENTS}/password`, { password }, withCode(code))
      .then(onSet)
      .catch(setError)
      .finally(() => setBusy(false));
  };

  return (
    <form onSubmit={submit} className={classes["fields"]}>
      {error instanceof ApiProblem && error.status < 500 ? (
        <Refused text={t("enrol.password_refused")} />
      ) : (
        error !== null && <FailedLine error={error} />
      )}
      <input type="text" name="username" autoComplete="username" value={userName} readOnly hidden />
      <PasswordInput
        label={t("enrol.new_password")}
        description={t("enrol.password_rule", { length: SHORTEST })}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        autoComplete="new-password"
        minLength={SHORTEST}
        visibilityToggleButtonProps={{ "aria-label": t("show_password") }}
        required
        withAsterisk={false}
      />
      <PasswordInput
        label={t("enrol.password_again")}
        value={again}
        onChange={(event) => setAgain(event.currentTarget.value)}
        autoComplete="new-password"
        error={differs ? t("enrol.password_differs") : undefined}
        visibilityToggleButtonProps={{ "aria-label": t("show_password") }}
        required
        withAsterisk={false}
      />
      <div className={classes["actions"]}>
        <Button variant="default" onClick={onBack} disabled={busy}>
          {t("enrol.back")}
        </Button>
        <Button type="submit" loading={busy} disabled={differs}>
          {t("enrol.next")}
        </Button>
      </div>
    </form>
  );
}

interface ConfirmProps {
  readonly code: string;
  readonly invitation: TotpSecret;
  readonly onDone: () => void;
}

/** Base32 in groups of four, as authenticators show it. */
export function grouped(secret: string): string {
  return secret.match(/.{1,4}/gu)?.join(" ") ?? "";
}

function ConfirmCodes({ code, invitation, onDone }: ConfirmProps): JSX.Element {
  const { t } = useTranslation("session");
  const [digits, setDigits] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    void sendJson("POST", `${ENROLMENTS}/totp`, { totp_code: digits }, withCode(code))
      .then(onDone)
      .catch((reason: unknown) => {
        setError(reason);
        setDigits("");
      })
      .finally(() => setBusy(false));
  };

  return (
    <form onSubmit={submit} className={classes["fields"]}>
      <p className={classes["lead"]}>{t("enrol.scan")}</p>
      <div className={classes["qr"]}>
        <img
          src={`data:image/svg+xml,${encodeURIComponent(invitation.qr_svg)}`}
          alt={t("enrol.qr")}
          width="200"
          height="200"
        />
        <div>
          <p className={classes["hint"]}>{t("enrol.by_hand")}</p>
          <code className={classes["secret"]}>{grouped(invitation.totp_secret)}</code>
        </div>
      </div>
      {error instanceof ApiProblem && error.status < 500 ? (
        <Refused text={t("enrol.code_refused")} />
      ) : (
        error !== null && <FailedLine error={error} />
      )}
      <CodeInput label={t("code")} description={t("code_hint")} value={digits} onChange={setDigits} />
      <Button type="submit" size="md" loading={busy}>
        {t("enrol.finish")}
      </Button>
    </form>
  );
}
