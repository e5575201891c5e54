import { Button } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { ReportForm } from "@/api/types";
import { extentFromFindings } from "./extent";
import { structureOf, withFields } from "./findings";
import type { Draft } from "./model";
import { responseOf } from "./response";
import classes from "./Structured.module.css";
import type { Fill } from "./useFill";

export interface PurposeProps {
  readonly form: ReportForm;
  readonly draft: Draft;
  readonly fill: Fill;
}

/** What follows from the findings for the purpose of a breast MRI; the reader takes it or says otherwise. */
export function Purpose({ form, draft, fill }: PurposeProps): JSX.Element | null {
  const { t } = useTranslation("structured");
  const structure = structureOf(draft, form);
  const response = responseOf(structure, form);
  const extent = structure.facts["purpose"] === "extent" ? extentFromFindings(structure) : null;
  const take = (facts: typeof structure.facts): void => fill.edit(withFields(draft, form, { facts }));
  if (extent !== null)
    return (
      <div className={classes["begin"]}>
        <Button size="compact-sm" variant="default" onClick={() => take(extent)}>
          {t("purpose.from_findings")}
        </Button>
      </div>
    );
  if (response === null) return null;
  const { targets, before, now, change, category } = response;
  const values = { targets, before: rounded(before), now: rounded(now), change: signed(change), category };
  return (
    <div className={classes["begin"]} data-response={category}>
      <span role="status">{t("purpose.computed", values)}</span>
      {structure.facts["response"] !== category && (
        <Button size="compact-sm" variant="default" onClick={() => take({ ...structure.facts, response: category })}>
          {t("purpose.take", { category })}
        </Button>
      )}
    </div>
  );
}

const rounded = (value: number): string => String(Math.round(value * 100) / 100);
const signed = (value: number): string => `${value > 0 ? "+" : ""}${value.toFixed(1)}`;
