import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { LineJudged } from "@/api/types";
import classes from "./Line.module.css";
import { secondsText } from "./model";
import { VerdictChip } from "./VerdictChip";

const STEPS = ["first", "scrollable", "whole"] as const;

/** For each kind of study how long it takes over this line, against what the centre lets a reader wait. */
export function KindTable({ judged }: { readonly judged: readonly LineJudged[] }): JSX.Element {
  const { t } = useTranslation("lines");
  return (
    <>
      <table className={classes["table"]}>
        <thead>
          <tr>
            <th scope="col">{t("kinds.kind")}</th>
            <th scope="col">{t("kinds.verdict")}</th>
            {STEPS.map((step) => (
              <th key={step} scope="col" className={classes["number"]}>
                {t(`step.${step}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {judged.map((one) => (
            <tr key={one.kind} data-kind={one.kind} data-verdict={one.verdict}>
              <td>{t(`kind.${one.kind}`)}</td>
              <td>
                <VerdictChip look={one.verdict} />
              </td>
              {STEPS.map((step) => (
                <td key={step} className={classes["number"]}>
                  {secondsText(one.typical[step])}
                  {" – "}
                  <span className={one.large[step] > one.limit[step] ? classes["over"] : undefined}>
                    {secondsText(one.large[step])}
                  </span>{" "}
                  <span className={classes["limit"]}>{t("kinds.limit", { seconds: one.limit[step] })}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p className={classes["quiet"]}>{t("kinds.how")}</p>
    </>
  );
}
