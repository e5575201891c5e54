import { Button } from "@mantine/core";
import { useEffect, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Session } from "@/api/types";
import { Brand } from "@/ui/Brand";
import classes from "./Session.module.css";
import { SignInForm } from "./SignInForm";

export type LockReason = "idle" | "asked" | "ended";

export interface LockScreenProps {
  readonly person: Session["person"];
  readonly reason: LockReason;
  readonly onUnlocked: (session: Session) => void;
}

/** What stands where the page was; coming back needs both factors again (AUTH-11). */
export function LockScreen({ person, reason, onUnlocked }: LockScreenProps): JSX.Element {
  const { t } = useTranslation("session");
  useEffect(() => {
    document.documentElement.dataset["locked"] = reason;
    return () => {
      delete document.documentElement.dataset["locked"];
    };
  }, [reason]);
  return (
    <main
      className={`${classes["page"] ?? ""} ${classes["lock"] ?? ""}`}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div className={classes["middle"]}>
        <div className={classes["brand"]}>
          <Brand />
        </div>
        <section className={classes["card"]} aria-labelledby="lock-title">
          <h1 id="lock-title" className={classes["title"]}>
            {t(`lock.${reason}`)}
          </h1>
          <p className={classes["lead"]}>{t("lock.lead", { name: person.display_name })}</p>
          <SignInForm userName={person.user_name} onSignedIn={onUnlocked} />
        </section>
        <Button variant="subtle" mt="md" onClick={() => window.location.assign("/sign-in")}>
          {t("lock.other_person")}
        </Button>
      </div>
    </main>
  );
}
