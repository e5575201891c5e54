import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { PatientId } from "@/ui/PatientId";
import { DayText, InstantText, Name } from "@/ui/Written";
import classes from "./Formerly.module.css";
import type { Former, ReadingRequest } from "./shapes";

/** Whom a request named before (REC-10): both identifiers stay, each with when and by what it was given up. */
export function Formerly({ former }: { readonly former: ReadingRequest["former"] }): JSX.Element | null {
  const { t } = useTranslation("orders");
  if (former.length === 0) return null;
  return (
    <section className={classes["formerly"]} data-formerly="">
      <h3>{t("former.title")}</h3>
      <ul>
        {former.map((one, index) => (
          <li key={index}>
            <span className={classes["who"]}>
              <PatientId id={one.patient.patient_id} /> <Name name={one.patient.name} />{" "}
              <DayText value={one.patient.birth_date} />
            </span>
            <span className={classes["why"]}>
              {t("former.changed")} <InstantText value={one.until} />
              {" · "}
              {t(`former.${reasonOf(one)}`)}
              {" · "}
              {one.changed_by}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** In a row of a list: the numbers that found it, where they are not the present one. */
export function FormerIds({ request }: { readonly request: ReadingRequest }): JSX.Element | null {
  const { t } = useTranslation("orders");
  const ids = new Set(request.former.map((one) => one.patient.patient_id));
  ids.delete(request.patient.patient_id);
  return ids.size === 0 ? null : <span className={classes["ids"]}>{t("former.was", { id: [...ids].join(", ") })}</span>;
}

function reasonOf(one: Former): "merge" | "update" | "correction" {
  return one.because === "merge" || one.because === "update" ? one.because : "correction";
}
