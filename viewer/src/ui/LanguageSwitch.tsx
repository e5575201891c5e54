import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { chooseLanguage, type Language } from "@/i18n";
import classes from "./Shell.module.css";

const LANGUAGES: readonly Language[] = ["ja", "en"];

/** Each language under its own name, so that it is found by who cannot read the other. */
export function LanguageSwitch(): JSX.Element {
  const { t, i18n } = useTranslation("ui");
  return (
    <div role="group" aria-label={t("language.label")} className={classes["languages"]}>
      {LANGUAGES.map((language) => (
        <button
          key={language}
          type="button"
          lang={language}
          aria-pressed={i18n.language === language}
          onClick={() => chooseLanguage(language)}
        >
          {t(`language.${language}`)}
        </button>
      ))}
    </div>
  );
}
