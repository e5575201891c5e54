import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { keepsUp, type Pace } from "./cine";
import classes from "./ReadingRoom.module.css";

const written = (rate: number): string => (rate < 9.95 ? rate.toFixed(1).replace(/\.0$/, "") : rate.toFixed(0));

/** How fast a cine runs; where that is not as fast as its images ask for, both. */
export function PaceWords({ pace }: { readonly pace: Pace }): JSX.Element {
  const { t } = useTranslation("reading");
  const wanted = written(pace.wanted);
  if (!keepsUp(pace)) {
    return <span className={classes["slow"]}>▲ {t("cine.slow", { reached: written(pace.reached), wanted })}</span>;
  }
  return <>{pace.assumed ? t("cine.assumed", { wanted }) : t("cine.pace", { wanted })}</>;
}
