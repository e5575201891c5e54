import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, useSyncExternalStore, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { ApiProblem, getJson, sendJson } from "@/api/client";
import type { Enrolment } from "@/api/types";
import { Chip } from "@/ui/Chip";
import { Empty, Failed, FailedLine } from "@/ui/States";
import { Titled } from "@/ui/Titled";
import { InstantText } from "@/ui/Written";
import { EnrolPassword } from "./EnrolPassword";
import { makeKey, PasskeyError } from "./passkey";
import classes from "./Session.module.css";
import { Refused } from "./SignInForm";
import { Doorway } from "./SignInPage";

type Step = "choose" | "password" | "done";

export const ENROLMENTS = "/api/v1/enrolments";

/** The code goes in a header: paths stand in the logs of every proxy on the way. */
export const withCode = (code: string): Record<string, string> => ({ "X-Dokuei-Enrolment": code });

const codeInAddress = (): string => window.location.hash.slice(1);

function onAddress(changed: () => void): () => void {
  window.addEventListener("hashchange", changed);
  return () => window.removeEventListener("hashchange", changed);
}

/** One-time link: who this is for, then a key or a password with codes; the link is spent at the end. */
export default function EnrolPage(): JSX.Element {
  const code = useSyncExternalStore(onAddress, codeInAddress);
  return <Enrol key={code} code={code} />;
}

function Enrol({ code }: { readonly code: string }): JSX.Element {
  const { t } = useTranslation("session");
  const [step, setStep] = useState<Step>("choose");
  const query = useQuery({
    queryKey: ["enrolment", code],
    queryFn: ({ signal }) => getJson<Enrolment>(ENROLMENTS, signal, withCode(code)),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Doorway wide>
      <Titled title={t("enrol.title")} />
      <section className={classes["card"]} aria-busy={query.isPending}>
        <h1 className={classes["title"]}>{t("enrol.title")}</h1>
        {step === "done" ? (
          <Done />
        ) : query.data ? (
          <>
            <Who enrolment={query.data} />
            {step === "choose" ? (
              <Choose code={code} onPassword={() => setStep("password")} onDone={() => setStep("done")} />
            ) : (
              <EnrolPassword
                code={code}
                userName={query.data.user_name}
                onBack={() => setStep("choose")}
                onDone={() => setStep("done")}
              />
            )}
          </>
        ) : query.error ? (
          <Unusable error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <p className={classes["lead"]}>{t("enrol.checking")}</p>
        )}
      </section>
    </Doorway>
  );
}

function Who({ enrolment }: { readonly enrolment: Enrolment }): JSX.Element {
  const { t } = useTranslation("session");
  return (
    <>
      <p className={classes["lead"]}>{t("enrol.lead")}</p>
      <dl className={classes["who"]}>
        <dt>{t("enrol.name")}</dt>
        <dd>
          <strong>{enrolment.display_name}</strong> <span>{enrolment.display_name_kana}</span>
        </dd>
        <dt>{t("user_name")}</dt>
        <dd>{enrolment.user_name}</dd>
        <dt>{t("enrol.expires")}</dt>
        <dd>
          <InstantText value={enrolment.expires_at} />
        </dd>
      </dl>
    </>
  );
}

interface ChooseProps {
  readonly code: string;
  readonly onPassword: () => void;
  readonly onDone: () => void;
}

function Choose({ code, onPassword, onDone }: ChooseProps): JSX.Element {
  const { t } = useTranslation("session");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const register = (): void => {
    setBusy(true);
    setError(null);
    const path = `${ENROLMENTS}/passkey`;
    void sendJson("POST", `${path}/options`, undefined, withCode(code))
      .then(makeKey)
      .then((credential) => sendJson("POST", path, { credential }, withCode(code)))
      .then(onDone)
      .catch(setError)
      .finally(() => setBusy(false));
  };
  return (
    <div className={classes["form"]}>
      {error instanceof PasskeyError && <Refused text={t(`key_failure.${error.failure}`)} />}
      {error !== null && !(error instanceof PasskeyError) && <FailedLine error={error} />}
      <Button size="md" onClick={register} loading={busy}>
        {t("enrol.with_key")}
      </Button>
      <p className={classes["hint"]}>{t("enrol.with_key_hint")}</p>
      <Button variant="subtle" onClick={onPassword} disabled={busy}>
        {t("enrol.use_password")}
      </Button>
    </div>
  );
}

function Done(): JSX.Element {
  const { t } = useTranslation("session");
  return (
    <div className={classes["form"]} role="status">
      <p className={classes["said"]}>
        <Chip tone="good" shape="check" framed>
          {t("enrol.done")}
        </Chip>
      </p>
      <p className={classes["lead"]}>{t("enrol.done_text")}</p>
      <Button component={Link} href="/sign-in" size="md">
        {t("enrol.to_sign_in")}
      </Button>
    </div>
  );
}

/** A spent, expired or wrong link looks the same to whoever holds it. */
function Unusable({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }): JSX.Element {
  const { t } = useTranslation("session");
  const refused = error instanceof ApiProblem && error.status >= 400 && error.status < 500;
  if (!refused) return <Failed error={error} onRetry={onRetry} compact />;
  return (
    <Empty compact title={t("enrol.unusable")}>
      {t("enrol.unusable_text")}
    </Empty>
  );
}
