import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "@/api/client";
import type { SigningStart } from "@/api/types";
import { ProofFailure, Prove as ProveByKey, type Proof } from "@/session/Prove";
import { Refused } from "@/session/SignInForm";
import classes from "./Report.module.css";

/** Why a signature did not come about. */
export function SigningFailure({ error }: { readonly error: unknown }): JSX.Element | null {
  const { t } = useTranslation("report");
  if (error === null) return null;
  if (error instanceof ApiProblem && error.status === 401) return <Refused text={t("sign.refused")} />;
  if (error instanceof Error && error.message === "unsaved") return <Refused text={t("sign.unsaved")} />;
  return <ProofFailure error={error} />;
}

export interface ProveProps {
  readonly start: SigningStart;
  readonly busy: boolean;
  /** What the signature does, where that is not to finalise. */
  readonly word?: string | undefined;
  readonly onClose: () => void;
  readonly onProve: (prove: () => Promise<Proof>) => void;
}

/** Key or both factors, in the words of a signature. */
export function Prove({ start, busy, word, onClose, onProve }: ProveProps): JSX.Element {
  const { t } = useTranslation("report");
  const words = {
    hint: t("sign.key_hint"),
    back: t("sign.back"),
    withKey: word ?? t("sign.with_key"),
    withPassword: word ?? t("sign.with_password"),
  };
  return (
    <ProveByKey start={start} busy={busy} onClose={onClose} words={words} onProve={onProve}>
      {start.synced_refused && <p className={classes["quiet"]}>{t("sign.synced")}</p>}
    </ProveByKey>
  );
}
