import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import rights from "@/rights/Rights.module.css";
import { useMay } from "@/session/api";
import { useCaseDisplay, useOwnDisplay } from "./api";
import classes from "./Display.module.css";
import { DisplayChoice } from "./DisplayChoice";
import { chosenOf, lookOf } from "./looks";

/** Said before a reader begins to write: nothing can be signed here, or the report will carry a warning (JRS-09). */
export function DisplayNotice({ itemId }: { readonly itemId: string }): JSX.Element | null {
  const { t } = useTranslation("displays");
  const signs = useMay()("report.sign");
  const standing = useCaseDisplay(itemId).data;
  const own = useOwnDisplay().data;
  if (standing === undefined || !signs) return null;
  const look = lookOf(standing, { signs });
  if (look === "valid" || look === "reference") return null;
  if (look !== "blocked") {
    return (
      <p className={classes["notice"]} data-display-notice={look}>
        {look === "waived" ? t("notice.waived") : t("notice.warned", { why: t(`state.${standing.state}`) })}
      </p>
    );
  }
  return (
    <div className={rights["lacks"]} role="alert" data-display-notice="blocked">
      <strong>{t("notice.blocked")}</strong>
      <div>
        {t(`state.${standing.state}`)} {t(`now.${standing.state === "valid" ? "unknown" : standing.state}`)}
      </div>
      {own !== undefined && <DisplayChoice key={chosenOf(own).join()} own={own} />}
    </div>
  );
}
