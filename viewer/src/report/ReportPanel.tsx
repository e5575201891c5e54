import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { ImageRead, Report, WorklistItem } from "@/api/types";
import { DisplayNotice } from "@/display/DisplayNotice";
import { MaySign } from "@/rights/Lacks";
import { useMay, useSession } from "@/session/api";
import { Empty, Failed, LoadingRows } from "@/ui/States";
import { useWorklistItem } from "@/worklist/api";
import { useReport } from "./api";
import { Awaiting, Lapsed } from "./Awaiting";
import { Editor } from "./Editor";
import { LeftOver } from "./LeftOver";
import { isClosed, mayEnter } from "./model";
import { Opinions } from "./Opinions";
import { ReadOnly, Written } from "./ReadOnly";
import classes from "./Report.module.css";
import { ReportStatusChip } from "./ReportStatusChip";
import type { Shown } from "./shown";
import { Writing } from "./Writing";

export interface ReportPanelProps {
  readonly worklistItemId: string;
  /** The images shown so far, whole and proved, with the digest that was on the screen. */
  readonly imagesRead: () => readonly ImageRead[];
  /** Studies before this one that were on the screen. */
  readonly priorsShown?: () => readonly string[];
  /** Grows when the reader wants to write: the text that was last written in gets the keyboard. */
  readonly writing?: number;
  /** The image in hand, for whoever links a finding to it. */
  readonly shown?: () => Shown | null;
}

const NO_PRIORS = (): readonly never[] => [];

/** The report beside the images, and on the case's own page: written by who has the case in hand, read by the others. */
export function ReportPanel(props: ReportPanelProps): JSX.Element {
  const { t } = useTranslation("report");
  if (useMay()("report.read")) return <Readable {...props} />;
  return (
    <section className={classes["panel"]} aria-label={t("title")} data-report-panel="">
      <Empty compact title={t("title")}>
        {t("not_for_role")}
      </Empty>
    </section>
  );
}

function Readable({
  worklistItemId,
  imagesRead,
  priorsShown = NO_PRIORS,
  writing = 0,
  shown,
}: ReportPanelProps): JSX.Element {
  const { t } = useTranslation("report");
  const item = useWorklistItem(worklistItemId);
  const report = useReport(worklistItemId);
  const mayWrite = useMayWrite(item.data, report.data);
  const error = report.data ? null : (report.error ?? (item.data ? null : item.error));
  return (
    <section className={classes["panel"]} aria-label={t("title")} data-report-panel="">
      {report.data && <Lapsed report={report.data} />}
      {error ? (
        <Failed error={error} onRetry={() => void Promise.all([report.refetch(), item.refetch()])} compact />
      ) : report.data?.awaiting ? (
        <>
          <div className={classes["top"]}>
            <h2 className={classes["title"]}>{t("title")}</h2>
            <ReportStatusChip status={report.data.status} framed />
          </div>
          <Awaiting itemId={worklistItemId} waits={report.data.awaiting} />
          <Written itemId={worklistItemId} report={report.data} />
        </>
      ) : report.data && item.data ? (
        mayWrite ? (
          <>
            <MaySign itemId={worklistItemId} />
            <DisplayNotice itemId={worklistItemId} />
            <Opinions item={item.data} />
            <Writing key={worklistItemId} itemId={worklistItemId} report={report.data}>
              {(typed) => (
                <Editor
                  item={item.data}
                  report={report.data}
                  typed={typed}
                  imagesRead={imagesRead}
                  priorsShown={priorsShown}
                  writing={writing}
                  shown={shown}
                />
              )}
            </Writing>
          </>
        ) : (
          <>
            <LeftOver itemId={worklistItemId} report={report.data} />
            <ReadOnly item={item.data} report={report.data} />
            <Opinions item={item.data} />
          </>
        )
      ) : (
        <LoadingRows rows={6} />
      )}
    </section>
  );
}

function useMayWrite(item: WorklistItem | undefined, report: Report | undefined): boolean {
  const { session } = useSession();
  if (!item || !report || isClosed(report.status)) return false;
  const myself = session.person.person_id;
  const amending = report.signatures.some(({ person_id }) => person_id === myself);
  if (!session.permissions.includes("report.write")) return false;
  return item.locked_by?.person_id === myself || amending || mayEnter(item, session.permissions);
}

export default ReportPanel;
