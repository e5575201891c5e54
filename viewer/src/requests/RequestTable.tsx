import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { PatientId } from "@/ui/PatientId";
import table from "@/ui/Table.module.css";
import { AgeSex, DayText, InstantText, Name } from "@/ui/Written";
import { useNameOfSite } from "@/session/useNameOfSite";
import { KindMark, RequestPriorityChip, RequestStateChip } from "./chips";
import { FormerIds } from "./Formerly";
import classes from "./Requests.module.css";
import type { ReadingRequest } from "./shapes";
import { useMismatchWords } from "./words";

/** One line a request; its patient's name is the way to it. */
export function RequestTable({ requests }: { readonly requests: readonly ReadingRequest[] }): JSX.Element {
  const { t } = useTranslation("requests");
  return (
    <div className={classes["frame"]} tabIndex={0} role="region" aria-label={t("title")}>
      <table className={`${table["table"] ?? ""} ${classes["table"] ?? ""}`}>
        <thead>
          <tr>
            <th scope="col">{t("column.state")}</th>
            <th scope="col">{t("column.patient")}</th>
            <th scope="col">{t("column.examination")}</th>
            <th scope="col">{t("column.reason")}</th>
            <th scope="col">{t("column.due")}</th>
            <th scope="col">{t("column.site")}</th>
          </tr>
        </thead>
        <tbody>
          {requests.map((request) => (
            <Row key={request.request_id} request={request} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ request }: { readonly request: ReadingRequest }): JSX.Element {
  const siteName = useNameOfSite()(request.site_id, request.site_name);
  const { patient } = request;
  const wrong = useMismatchWords()(request.reasons.join(","));
  return (
    <tr>
      <td>
        <RequestStateChip state={request.state} />
        {request.state === "mismatch" && wrong && <span className={classes["under"]}>{wrong}</span>}
      </td>
      <td>
        <Link href={`/requests/${encodeURIComponent(request.request_id)}`} className={classes["name"] ?? ""}>
          <Name name={patient.name} />
        </Link>
        <span className={classes["under"]}>
          <PatientId id={patient.patient_id} />{" "}
          <AgeSex birth={patient.birth_date} on={request.examination_date} sex={patient.sex} />
        </span>
        <FormerIds request={request} />
      </td>
      <td>
        {request.modality} <DayText value={request.examination_date} short /> <KindMark kind={request.kind} />
        {request.accession_number && <span className={classes["under"]}>{request.accession_number}</span>}
      </td>
      <td className={classes["reason"]}>
        <span title={request.clinical.reason}>{request.clinical.reason}</span>
      </td>
      <td>
        <RequestPriorityChip priority={request.priority} />{" "}
        {request.due_at !== null && <InstantText value={request.due_at} />}
        {request.due_at === null && request.priority === "routine" && <span className={classes["quiet"]}>{"–"}</span>}
      </td>
      <td className={classes["site"]} title={siteName}>
        {siteName}
      </td>
    </tr>
  );
}
