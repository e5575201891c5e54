import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Listed, Section } from "@/rights/Section";
import { InstantText } from "@/ui/Written";
import { useLines } from "./api";
import classes from "./Line.module.css";
import { linesOf, megabits, type Line } from "./model";
import { Plot } from "./Plot";
import { VerdictChip } from "./VerdictChip";

/** Every line that images of one's sites go over, with what was measured of it in the last three months. */
export function History(): JSX.Element {
  const { t } = useTranslation("lines");
  return (
    <Section title={t("history.title")} lead={t("history.lead")}>
      <Listed query={useLines(true)} none={t("history.none")}>
        {(checks) => (
          <div className={classes["cards"]}>
            {linesOf(checks).map((line) => (
              <LineCard key={line.line} line={line} />
            ))}
          </div>
        )}
      </Listed>
    </Section>
  );
}

function LineCard({ line }: { readonly line: Line }): JSX.Element {
  const { t } = useTranslation("lines");
  const [last] = line.checks;
  return (
    <article className={classes["card"]} data-line-kind={last.kind}>
      <header>
        <h3>{last.name}</h3>
        <span className={classes["limit"]}>
          {t(`from.${last.kind}`)} {last.address_range}
        </span>
        <VerdictChip look={last.verdict} />
      </header>
      <Plot checks={line.checks} />
      <details>
        <summary className={classes["limit"]}>{t("history.figures", { count: line.checks.length })}</summary>
        <table className={classes["table"]}>
          <thead>
            <tr>
              <th scope="col">{t("history.at")}</th>
              <th scope="col" className={classes["number"]}>
                {t("history.rates")}
              </th>
              <th scope="col" className={classes["number"]}>
                {t("history.round_trip")}
              </th>
              <th scope="col">{t("kinds.verdict")}</th>
            </tr>
          </thead>
          <tbody>
            {line.checks.slice(0, 20).map((one) => (
              <tr key={one.check_id}>
                <td>
                  <InstantText value={one.at} />
                </td>
                <td className={classes["number"]}>
                  {megabits(one.measured.down_bits)} / {megabits(one.measured.up_bits)}
                </td>
                <td className={classes["number"]}>{one.measured.round_trip_ms.toFixed(0)}</td>
                <td>
                  <VerdictChip look={one.verdict} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </article>
  );
}
