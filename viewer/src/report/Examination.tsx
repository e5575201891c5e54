import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { ReportForm } from "@/api/types";
import { currentLanguage } from "@/i18n";
import { worstOfSides } from "./findings";
import { categoryMark, type Draft } from "./model";
import classes from "./Report.module.css";

export interface ExaminationProps {
  readonly form: ReportForm;
  readonly scale: string;
  readonly draft: Draft;
}

/** The examination's category, which is that of the worse breast, and the edition of the scale (REPORT-08). */
export function Examination({ form, scale, draft }: ExaminationProps): JSX.Element | null {
  const { t } = useTranslation("confirm");
  const known = form.scales.find(({ value }) => value === scale);
  if (!known) return null;
  const worst = worstOfSides(known.severity, draft.category_right, draft.category_left);
  return (
    <p className={classes["quiet"]} data-examination={worst}>
      {t("examination", { category: categoryMark(worst) })}
      {known.edition && ` · ${known.edition[currentLanguage()]}`}
    </p>
  );
}
