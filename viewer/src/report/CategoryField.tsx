import { useId, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { CATEGORIES, categoryMark, knownCategory, needsWorkUp } from "./model";
import classes from "./Report.module.css";

export interface CategoryFieldProps {
  readonly side: "right" | "left";
  readonly value: string;
  readonly onChange: (category: string) => void;
}

/** One category for one breast: native radio buttons, so that arrows and screen readers work as everywhere. */
export function CategoryField({ side, value, onChange }: CategoryFieldProps): JSX.Element {
  const { t } = useTranslation(["report", "ui"]);
  const name = useId();
  return (
    <fieldset className={classes["category"]}>
      <legend>
        <span className={classes["mark"]}>{t(side === "right" ? "ui:right_mark" : "ui:left_mark")}</span>
        {t(side === "right" ? "ui:right" : "ui:left")}
      </legend>
      <div className={classes["choices"]}>
        {CATEGORIES.map((category) => (
          <label key={category} title={t(`category.${knownCategory(category)}`)}>
            <input
              type="radio"
              name={name}
              value={category}
              checked={value === category}
              onChange={() => onChange(category)}
              aria-label={t(`category.${knownCategory(category)}`)}
            />
            <span aria-hidden="true">{categoryMark(category)}</span>
          </label>
        ))}
      </div>
      <p className={classes["meaning"]}>
        {t(`category.${knownCategory(value)}`)}
        {needsWorkUp(value) && <strong>{t("work_up")}</strong>}
      </p>
    </fieldset>
  );
}
