import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { parseDay } from "@/ui/format";
import { PatientId } from "@/ui/PatientId";
import { ShapeMark } from "@/ui/shapes";
import { DayText, Name } from "@/ui/Written";
import type { Difference, DifferingField, ReadingRequest } from "./shapes";
import classes from "./View.module.css";

const FIELDS: readonly DifferingField[] = ["patient_id", "name", "birth_date", "sex"];

/** What the request says and what the images say, of what differs only. */
export function Differences({ differences }: { readonly differences: readonly Difference[] }): JSX.Element {
  const { t } = useTranslation("requests");
  return (
    <ul className={classes["differences"]}>
      {differences.map(({ field, requested, in_images }) => (
        <li key={field}>
          <span>{t(`identity.${field}`)}</span>
          <dl>
            <dt>{t("mismatch.requested")}</dt>
            <dd>
              <Said field={field} value={requested} />
            </dd>
            <dt>{t("mismatch.in_images")}</dt>
            <dd>
              <Said field={field} value={in_images} />
            </dd>
          </dl>
        </li>
      ))}
    </ul>
  );
}

/** One value as people read it: a name without its carets, a day in the chosen calendar. */
function Said({ field, value }: { readonly field: DifferingField; readonly value: string }): JSX.Element {
  const { t } = useTranslation("ui");
  if (!value) return <>{"–"}</>;
  if (field === "birth_date" && parseDay(value) !== null) return <DayText value={value} />;
  if (field === "sex" && (value === "F" || value === "M" || value === "O")) return <>{t(`sex.${value}`)}</>;
  if (field === "name") {
    const [alphabetic, ideographic, phonetic] = value.split("=");
    return <Name name={{ alphabetic: alphabetic ?? "", ideographic: ideographic ?? "", phonetic: phonetic ?? "" }} />;
  }
  return <PatientId id={value} />;
}

/** Who somebody is, as far as it is compared. */
export type Identity = Pick<ReadingRequest["patient"], "patient_id" | "name" | "birth_date" | "sex">;

export interface BothPatientsProps {
  readonly requested: Identity;
  /** Null where the page does not know more of the images than what differs. */
  readonly inImages: Identity | null;
  readonly differences: readonly Difference[];
  /** What the second column is of, where it is not the images. */
  readonly against?: string;
}

/** Both identities whole and side by side; what differs is marked by a sign and by words. */
export function BothPatients({ requested, inImages, differences, against }: BothPatientsProps): JSX.Element {
  const { t } = useTranslation("requests");
  return (
    <table className={classes["both"]}>
      <thead>
        <tr>
          <td />
          <th scope="col">{t("mismatch.requested")}</th>
          <th scope="col">{against ?? t("mismatch.in_images")}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {FIELDS.map((field) => {
          const differs = differences.find((one) => one.field === field);
          return (
            <tr key={field} data-differs={differs !== undefined || undefined}>
              <th scope="row">{t(`identity.${field}`)}</th>
              <td>
                <Said field={field} value={valueOf(requested, field)} />
              </td>
              <td>
                <Said field={field} value={differs?.in_images ?? (inImages === null ? "" : valueOf(inImages, field))} />
              </td>
              <td className={classes["verdict"]}>
                {differs !== undefined && (
                  <>
                    <ShapeMark shape="stop" /> {t("mismatch.differs")}
                  </>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function valueOf(patient: Identity, field: DifferingField): string {
  if (field !== "name") return patient[field];
  const { alphabetic, ideographic, phonetic } = patient.name;
  return [alphabetic, ideographic, phonetic].join("=");
}
