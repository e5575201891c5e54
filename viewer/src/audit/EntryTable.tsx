import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { AuditLine } from "@/api/types";
import { Chip } from "@/ui/Chip";
import table from "@/ui/Table.module.css";
import { SiteName } from "@/session/SiteName";
import classes from "./Audit.module.css";
import { useEventWord } from "./useWords";
import { JapanTime, Who, Whose } from "./Written";

export interface EntryTableProps {
  readonly lines: readonly AuditLine[];
  readonly onOpen: (line: AuditLine) => void;
}

/** Dense and plain: when, who, what, of whom, where; the rest one click away. */
export function EntryTable({ lines, onOpen }: EntryTableProps): JSX.Element {
  const { t } = useTranslation("audit");
  return (
    <div
      className={`${table["frame"] ?? ""} ${classes["table"] ?? ""}`}
      tabIndex={0}
      role="region"
      aria-label={t("trail")}
    >
      <table className={table["table"]}>
        <thead>
          <tr>
            <th scope="col">{t("column.at")}</th>
            <th scope="col">{t("column.who")}</th>
            <th scope="col">{t("column.group")}</th>
            <th scope="col">{t("column.what")}</th>
            <th scope="col">{t("column.about")}</th>
            <th scope="col">{t("column.site")}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <Entry key={line.sequence} line={line} onOpen={onOpen} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Entry({ line, onOpen }: { readonly line: AuditLine } & Pick<EntryTableProps, "onOpen">): JSX.Element {
  const { t } = useTranslation("audit");
  const word = useEventWord();
  return (
    <tr onClick={() => onOpen(line)} className={classes["row"]}>
      <td>
        <JapanTime value={line.at} />
      </td>
      <td>
        <Who line={line} />
      </td>
      <td>
        {line.group === "alerts" ? (
          <Chip tone="attention" shape="triangle">
            {t(`group.${line.group}`)}
          </Chip>
        ) : (
          <span className={classes["quiet"]}>{t(`group.${line.group}`)}</span>
        )}
      </td>
      <td>
        <button
          type="button"
          className={classes["open"]}
          onClick={(event) => {
            event.stopPropagation();
            onOpen(line);
          }}
        >
          {word(line.event)}
        </button>
      </td>
      <td>
        <About line={line} />
      </td>
      <td>{line.site_id && <SiteName id={line.site_id} name={line.site_name} />}</td>
    </tr>
  );
}

/** Whose study it was; a person's account by its name; a study that the archive has no more is said to be gone. */
function About({ line }: { readonly line: AuditLine }): JSX.Element | null {
  const { t } = useTranslation("audit");
  if (line.patient) return <Whose patient={line.patient} />;
  if (line.is_study) return <span className={classes["quiet"]}>{t("study_gone")}</span>;
  return line.subject_name ? <span>{line.subject_name}</span> : null;
}
