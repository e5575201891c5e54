import { NativeSelect } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Dictation.module.css";
import { SPOKEN_LANGUAGES } from "./engine";
import { Offer } from "./Offer";
import { chooseDictation, useDictationLanguage } from "./preference";

const OFF = "off";

/** Whether somebody dictates at this device, and in which language. */
export function DictationSettings(): JSX.Element {
  const { t } = useTranslation("dictation");
  const language = useDictationLanguage();
  return (
    <section className={classes["settings"]} aria-labelledby="dictation-title">
      <h2 id="dictation-title">{t("title")}</h2>
      <p>{t("lead")}</p>
      <NativeSelect
        label={t("language")}
        value={language ?? OFF}
        data={[
          { value: OFF, label: t("off") },
          ...SPOKEN_LANGUAGES.map((value) => ({ value, label: t(`languages.${value}`) })),
        ]}
        onChange={({ currentTarget: { value } }) =>
          chooseDictation(SPOKEN_LANGUAGES.find((one) => one === value) ?? null)
        }
      />
      {language !== null && <Offer language={language} />}
    </section>
  );
}
