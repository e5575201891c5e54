import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import classes from "@/ui/Shell.module.css";
import { usePlace, useStatePlace } from "./api";

const PLACES = ["facility", "remote"] as const;

/** Where this person reads today: it stands in every report that they sign (JRS-05). */
export function PlaceChoice(): JSX.Element | null {
  const { t } = useTranslation("centre");
  const place = usePlace().data?.place;
  const state = useStatePlace();
  if (place === undefined) return null;
  return (
    <div className={classes["menuRow"]} title={t("place.why")}>
      <span>
        {t("place.label")}
        {place === "" && <span className={classes["menuQuiet"]}> {t("place.missing")}</span>}
      </span>
      <div role="group" aria-label={t("place.label")} className={classes["languages"]}>
        {PLACES.map((one) => (
          <button key={one} type="button" aria-pressed={place === one} onClick={() => state.mutate(one)}>
            {t(`place.${one}`)}
          </button>
        ))}
      </div>
    </div>
  );
}
