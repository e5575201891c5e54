import { Button } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { useAvailability, useInstall } from "./api";
import classes from "./Dictation.module.css";
import type { SpokenLanguage } from "./engine";

/** What this browser can hear by itself, and what it would have to fetch for that: told plainly, done when asked. */
export function Offer({ language }: { readonly language: SpokenLanguage }): JSX.Element {
  const { t } = useTranslation("dictation");
  const availability = useAvailability(language) ?? "unavailable";
  const fetching = useInstall();
  return (
    <div className={classes["offer"]}>
      <p>{t(`availability.${availability}`)}</p>
      {availability === "downloadable" && (
        <Button variant="default" loading={fetching.isPending} onClick={() => fetching.mutate(language)}>
          {t("fetch")}
        </Button>
      )}
      {fetching.data === false && <p role="alert">{t("not_fetched")}</p>}
    </div>
  );
}
