import { useQueryClient } from "@tanstack/react-query";
import type { JSX, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useSearchParams } from "wouter";
import { chooseLanguage } from "@/i18n";
import { Brand } from "@/ui/Brand";
import { LanguageSwitch } from "@/ui/LanguageSwitch";
import { Titled } from "@/ui/Titled";
import { useInEvaluation } from "@/ui/useStanding";
import { SESSION_KEY } from "./api";
import { nextPlace } from "./nextPlace";
import classes from "./Session.module.css";
import { SignInForm } from "./SignInForm";

/** The page around sign-in and enrolment: name, language, one card. */
export function Doorway({
  wide = false,
  children,
}: {
  readonly wide?: boolean;
  readonly children: ReactNode;
}): JSX.Element {
  const { t } = useTranslation("ui");
  const inEvaluation = useInEvaluation();
  return (
    <div className={classes["page"]}>
      <header className={classes["top"]}>
        <LanguageSwitch />
      </header>
      <main className={`${classes["middle"] ?? ""} ${wide ? (classes["wide"] ?? "") : ""}`}>
        <div className={classes["brand"]}>
          <Brand />
        </div>
        {children}
        {inEvaluation && <p className={classes["notice"]}>{t("evaluation.long")}</p>}
      </main>
    </div>
  );
}

export default function SignInPage(): JSX.Element {
  const { t } = useTranslation("session");
  const client = useQueryClient();
  const [, go] = useLocation();
  const [search] = useSearchParams();
  return (
    <Doorway>
      <Titled title={t("title")} />
      <section className={classes["card"]} aria-labelledby="sign-in-title">
        <h1 id="sign-in-title" className={classes["title"]}>
          {t("title")}
        </h1>
        <p className={classes["lead"]}>{t("lead")}</p>
        <SignInForm
          onSignedIn={(session) => {
            client.clear();
            client.setQueryData(SESSION_KEY, session);
            if (localStorage.getItem("dokuei.language") === null) chooseLanguage(session.person.language);
            go(nextPlace(search.get("next")), { replace: true });
          }}
        />
      </section>
    </Doorway>
  );
}
