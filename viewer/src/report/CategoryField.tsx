import { useId, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { categoryMark, needsWorkUp } from "./model";
import { useMeaning } from "./useMeaning";
import classes from "./Report.module.css";

export interface CategoryFieldProps {
  readonly side: "right" | "left";
  readonly value: string;
  /** Of the scale that the report has: none with PET/CT, where nothing applies. */
  readonly categories: readonly string[];
  readonly scale: string;
  readonly onChange: (category: string) => void;
}

/** One category for one breast: native radio buttons, so that arrows and screen readers work as everywhere. */
export function CategoryField({ side, value, categories, scale, onChange }: CategoryFieldProps): JSX.Element {
  const { t } = useTranslation(["report", "ui"]);
  const name = useId();
  const meaning = useMeaning(scale);
  const offered = ["", ...categories, "NA"];
  return (
    <fieldset className={classes["category"]}>
      <legend>
        <span className={classes["mark"]}>{t(side === "right" ? "ui:right_mark" : "ui:left_mark")}</span>
        {t(side === "right" ? "ui:right" : "ui:left")}
      </legend>
      <div className={classes["choices"]}>
        {offered.map((category) => (
          <label key={category} title={meaning(category)}>
            <input
              type="radio"
              name={name}
              value={category}
              checked={value === category}
              onChange={() => onChange(category)}
              aria-label={meaning(category)}
            />
            <span aria-hidden="true">{categoryMark(category)}</span>
          </label>
        ))}
      </div>
      <p className={classes["meaning"]}>
        {meaning(value)}
        {needsWorkUp(value, scale) && <strong>{t("work_up")}</strong>}
      </p>
    </fieldset>
  );
}
