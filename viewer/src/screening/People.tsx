import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useMay } from "@/session/api";
import { Chip, type Tone } from "@/ui/Chip";
import { PatientId } from "@/ui/PatientId";
import type { Shape } from "@/ui/shapes";
import { FilterButtons } from "@/ui/FilterButtons";
import { Empty } from "@/ui/States";
import table from "@/ui/Table.module.css";
import { DayText } from "@/ui/Written";
import { FILTERS, fits, type Filter } from "./model";
import classes from "./Screening.module.css";
import type { Examinee, Stage } from "./shapes";

const MARKS: Readonly<Record<Stage, { readonly tone: Tone; readonly shape: Shape }>> = {
  missing: { tone: "attention", shape: "dashed" },
  arriving: { tone: "active", shape: "dashed" },
  unsettled: { tone: "danger", shape: "stop" },
  arrived: { tone: "idle", shape: "hollow" },
  read_once: { tone: "active", shape: "half" },
  read_twice: { tone: "active", shape: "full" },
  judged: { tone: "good", shape: "check" },
  canceled: { tone: "idle", shape: "slash" },
};
const MOST_SHOWN = 500;

/** Everybody in a batch, without opening a case: what is missing is one choice away. */
export function People({ people }: { readonly people: readonly Examinee[] }): JSX.Element {
  const { t } = useTranslation("screening");
  const [filter, setFilter] = useState<Filter>("all");
  const fitting = people.filter((one) => fits(one, filter));
  const shown = fitting.slice(0, MOST_SHOWN);
  return (
    <div>
      <h2 className="visually-hidden">{t("people")}</h2>
      <FilterButtons
        label={t("filters")}
        names={FILTERS}
        chosen={filter}
        word={(name) => t(`filter.${name}`)}
        count={(name) => people.filter((one) => fits(one, name)).length}
        onChoose={setFilter}
      />
      {shown.length === 0 ? (
        <Empty title={t("none_fit")} compact />
      ) : (
        <div className={table["frame"]} tabIndex={0} role="region" aria-label={t("people")}>
          <table className={table["table"]}>
            <thead>
              <tr>
                <th scope="col">{t("column.stage")}</th>
                <th scope="col">{t("column.exam_number")}</th>
                <th scope="col">{t("column.name")}</th>
                <th scope="col">{t("column.birth_date")}</th>
                <th scope="col">{t("column.examination_date")}</th>
                <th scope="col">{t("column.open")}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((one) => (
                <Row key={one.number} one={one} />
              ))}
            </tbody>
          </table>
          {fitting.length > shown.length && (
            <p className={classes["rest"]}>{t("roster.rest", { count: fitting.length - shown.length })}</p>
          )}
        </div>
      )}
    </div>
  );
}

function Row({ one }: { readonly one: Examinee }): JSX.Element {
  const { t } = useTranslation("screening");
  const may = useMay();
  return (
    <tr>
      <td>
        <Chip {...MARKS[one.stage]}>{t(`stage.${one.stage}`)}</Chip>
        {one.late_images && <span className={classes["under"]}>{t("late_images")}</span>}
      </td>
      <td>{one.exam_number || <span className={table["quiet"]}>{"–"}</span>}</td>
      <td>
        <span lang="ja">{one.name || one.kana}</span>{" "}
        <span className={table["quiet"]} lang="ja">
          {one.name ? one.kana : ""}
        </span>{" "}
        <span className={table["quiet"]}>
          <PatientId id={one.patient_id} />
        </span>
      </td>
      <td>
        <DayText value={one.birth_date} />
      </td>
      <td>
        <DayText value={one.examination_date} />
      </td>
      <td>
        <span className={classes["links"]}>
          {may("request.read") && (
            <Link href={`/requests/${encodeURIComponent(one.request_id)}`}>{t("open_request")}</Link>
          )}
          {one.worklist_item_id !== null && may("worklist.read") && (
            <Link href={`/cases/${encodeURIComponent(one.worklist_item_id)}`}>{t("open_case")}</Link>
          )}
        </span>
      </td>
    </tr>
  );
}
