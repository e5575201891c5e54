import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { WorklistItem } from "@/api/types";
import { ReaderChanges } from "@/centre/ReaderChanges";
import { FinalisationPanel } from "@/finalising/FinalisationPanel";
import { CommunicationPanel } from "@/outcomes/CommunicationPanel";
import { OutcomePanel } from "@/outcomes/OutcomePanel";
import { CaseRequest } from "@/requests/CaseRequest";
import { MessagesPanel } from "@/messages/MessagesPanel";
import { WhomToCall } from "@/sites/WhomToCall";
import { PatientId } from "@/ui/PatientId";
import { Shell } from "@/ui/Shell";
import { Failed, LoadingRows } from "@/ui/States";
import { Titled } from "@/ui/Titled";
import { AgeSex, DayText, Name } from "@/ui/Written";
import { useWorklistItem } from "@/worklist/api";
import { CaseStations } from "@/worklist/CaseStations";
import { Performed } from "@/worklist/Performed";
import { SiteName } from "@/session/SiteName";
import classes from "./Report.module.css";
import { ReportPanel } from "./ReportPanel";

const NO_IMAGES = (): readonly never[] => [];

/** Until a report stands one comes for what was asked; from then on for what it says. */
function AskedAndAnswered({ item }: { readonly item: WorklistItem }): JSX.Element {
  const itemId = item.worklist_item_id;
  const answered =
    item.status === "completed" || item.report_status === "preliminary" || item.report_status === "withdrawn";
  const request = (
    <div className={classes["caseCard"]}>
      <CaseRequest itemId={itemId} />
    </div>
  );
  return (
    <>
      {answered && <OutcomePanel itemId={itemId} className={classes["caseCard"] ?? ""} />}
      {!answered && request}
      <div className={classes["caseCard"]}>
        <ReportPanel worklistItemId={itemId} imagesRead={NO_IMAGES} />
      </div>
      {answered && request}
    </>
  );
}

/** One case on one page, also on a physician's phone: whose, how far, and the report. */
export default function CasePage({ itemId }: { readonly itemId: string }): JSX.Element {
  const { t } = useTranslation("report");
  const query = useWorklistItem(itemId);
  const item = query.data;
  return (
    <Shell>
      <Titled title={t("title")} />
      <div className={classes["casePage"]}>
        <Link href="/worklist" className={classes["back"] ?? ""}>
          {t("back_to_list")}
        </Link>
        {item ? (
          <>
            <div className={classes["caseCard"]}>
              <div className={classes["caseHead"]}>
                <h1 className={classes["caseName"]}>
                  <Name name={item.patient_name} />
                </h1>
              </div>
              <p className={classes["caseFacts"]}>
                {item.patient_id && <PatientId id={item.patient_id} />}
                <span>
                  <DayText value={item.patient_birth_date} />
                  {" · "}
                  <AgeSex birth={item.patient_birth_date} on={item.study_date} sex={item.patient_sex} />
                </span>
                <span>
                  {item.modalities.join(" ")} <DayText value={item.study_date} />
                </span>
                {item.study_description && <span>{item.study_description}</span>}
                {item.accession_number && <span>{item.accession_number}</span>}
                <span>
                  <SiteName id={item.site_id} name={item.site_name} />
                </span>
                <Performed item={item} counted />
              </p>
              <CaseStations item={item} />
              <ReaderChanges itemId={itemId} />
            </div>
            {item.finalisation.state !== "not_used" && (
              <FinalisationPanel item={item} className={classes["caseCard"] ?? ""} />
            )}
            <AskedAndAnswered item={item} />
            <CommunicationPanel itemId={itemId} className={classes["caseCard"] ?? ""} />
            <div className={classes["caseCard"]}>
              <WhomToCall itemId={itemId} />
            </div>
            <div className={classes["caseCard"]}>
              <MessagesPanel worklistItemId={itemId} />
            </div>
          </>
        ) : query.error ? (
          <Failed error={query.error} onRetry={() => void query.refetch()} heading />
        ) : (
          <LoadingRows rows={10} />
        )}
      </div>
    </Shell>
  );
}
