import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Chip, type Tone } from "@/ui/Chip";
import type { Shape } from "@/ui/shapes";
import table from "@/ui/Table.module.css";
import { byNeed } from "./model";
import classes from "./Screening.module.css";
import type { RosterLine } from "./shapes";

const MARKS: Readonly<Record<RosterLine["outcome"], { readonly tone: Tone; readonly shape: Shape }>> = {
  taken: { tone: "active", shape: "full" },
  known: { tone: "idle", shape: "hollow" },
  refused: { tone: "attention", shape: "triangle" },
};
const MOST_SHOWN = 300;

/** What becomes of each line of a roster; what was refused stands first, with its reason. */
export function RosterLines({
  lines,
  taken,
}: {
  readonly lines: readonly RosterLine[];
  readonly taken: boolean;
}): JSX.Element {
  const { t } = useTranslation("screening");
  const shown = byNeed(lines).slice(0, MOST_SHOWN);
  return (
    <div
      className={`${table["frame"] ?? ""} ${classes["scroll"] ?? ""}`}
      tabIndex={0}
      role="region"
      aria-label={t("roster.lines")}
    >
      <table className={table["table"]}>
        <thead>
          <tr>
            <th scope="col" className={table["end"]}>
              {t("column.line")}
            </th>
            <th scope="col">{t("column.outcome")}</th>
            <th scope="col">{t("column.exam_number")}</th>
            <th scope="col">{t("column.name")}</th>
            <th scope="col">{t("column.reason")}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((line) => (
            <tr key={line.number}>
              <td className={table["end"]}>{line.number}</td>
              <td>
                <Chip {...MARKS[line.outcome]}>
                  {t(line.outcome === "taken" && !taken ? "outcome.will" : `outcome.${line.outcome}`)}
                </Chip>
              </td>
              <td>{line.exam_number}</td>
              <td lang="ja">{line.name}</td>
              <td>
                {line.reason !== null && t(`refused.${line.reason}`)}
                {line.fields.length > 0 && (
                  <span className={table["quiet"]}>
                    {" "}
                    {line.fields.map((field) => t(`roster_field.${known(field)}`)).join(t("and"))}
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {lines.length > shown.length && (
        <p className={classes["rest"]}>{t("roster.rest", { count: lines.length - shown.length })}</p>
      )}
    </div>
  );
}

const FIELDS = [
  "exam_number",
  "accession_number",
  "patient_id",
  "name",
  "kana",
  "romaji",
  "birth_date",
  "sex",
  "examination_date",
  "palpation",
  "previous",
] as const;

const known = (field: string): (typeof FIELDS)[number] => FIELDS.find((one) => one === field) ?? "name";
