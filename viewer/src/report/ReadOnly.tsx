import { Button } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Report, WorklistItem } from "@/api/types";
import { MaySign } from "@/rights/Lacks";
import { useSession } from "@/session/api";
import { Empty, FailedLine } from "@/ui/States";
import { useCount } from "@/ui/Written";
import { useHold } from "@/worklist/api";
import { categoryMark, isClosed, needsWorkUp } from "./model";
import { Recorded } from "./Recorded";
import classes from "./Report.module.css";
import { Amend } from "./Amend";
import { ReportStatusChip } from "./ReportStatusChip";
import { Signatures } from "./Signatures";
import { Circumstances } from "./Stages";
import { Versions } from "./Versions";
import { WithdrawReport } from "./Withdraw";
import { useMeaning } from "./useMeaning";

export interface ReadOnlyProps {
  readonly item: WorklistItem;
  readonly report: Report;
}

/** The report to be read: result first, then text, then who stands for it. */
export function ReadOnly({ item, report }: ReadOnlyProps): JSX.Element {
  const { t } = useTranslation(["report", "stages"]);
  const closed = isClosed(report.status);
  const written = report.report_id !== "";
  return (
    <>
      <div className={classes["top"]}>
        <h2 className={classes["title"]}>{t("title")}</h2>
        {written && <ReportStatusChip status={report.status} framed />}
      </div>
      {report.status === "withdrawn" && (
        <p className={`${classes["notice"] ?? ""} ${classes["alarm"] ?? ""}`}>{t("withdrawn")}</p>
      )}
      {report.status === "preliminary" && (
        <p className={`${classes["notice"] ?? ""} ${classes["alarm"] ?? ""}`}>{t("stages:preliminary.notice")}</p>
      )}
      {!closed && <NotYours item={item} />}
      {written ? <Written itemId={item.worklist_item_id} report={report} /> : <Empty compact title={t("empty")} />}
      {closed && <Amend item={item} report={report} />}
      {report.may_withdraw && (
        <div className={classes["notice"]}>
          <p>{t("stages:withdraw.hint")}</p>
          <WithdrawReport itemId={item.worklist_item_id} report={report} />
        </div>
      )}
    </>
  );
}

/** What a signed or saved report says. */
export function Written({ itemId, report }: { readonly itemId: string; readonly report: Report }): JSX.Element {
  const { t } = useTranslation("report");
  const count = useCount();
  return (
    <>
      {report.status !== "withdrawn" && (
        <>
          <div className={classes["results"]}>
            <Result side="right" category={report.category_right} scale={report.structure.scale} />
            <Result side="left" category={report.category_left} scale={report.structure.scale} />
          </div>
          <Part title={t("impression")} text={report.impression} />
          <Part title={t("findings")} text={report.findings} />
          <Recorded itemId={itemId} report={report} />
        </>
      )}
      {report.signatures.length > 0 && <Circumstances report={report} />}
      {report.signatures.length > 1 && <Versions itemId={itemId} count={report.signatures.length} />}
      {report.signatures.length > 0 && <Signatures itemId={itemId} report={report} />}
      <div className={classes["bottom"]}>
        {report.status !== "withdrawn" && (
          <span className={classes["quiet"]}>{t("images_read", { read: count(report.images_read.length) })}</span>
        )}
        {report.pdf_url !== null && (
          <Button component="a" href={report.pdf_url} target="_blank" rel="noopener">
            {t("pdf")}
          </Button>
        )}
      </div>
    </>
  );
}

/** A draft that somebody else writes, or that waits for this person to take the case. */
function NotYours({ item }: { readonly item: WorklistItem }): JSX.Element {
  const { t } = useTranslation("report");
  const { session } = useSession();
  const claim = useHold("claim");
  const holder = item.locked_by;
  const mayTake = holder === null && session.permissions.includes("worklist.claim") && item.status !== "completed";
  return (
    <div className={classes["notice"]}>
      <p>{holder ? t("written_by", { name: holder.display_name }) : t("not_taken")}</p>
      {mayTake && <MaySign itemId={item.worklist_item_id} />}
      {mayTake && (
        <Button size="xs" onClick={() => claim.mutate(item.worklist_item_id)} loading={claim.isPending}>
          {t("take")}
        </Button>
      )}
      {claim.error && <FailedLine error={claim.error} />}
    </div>
  );
}

interface ResultProps {
  readonly side: "right" | "left";
  readonly category: string;
  readonly scale: string;
}

function Result({ side, category, scale }: ResultProps): JSX.Element {
  const { t } = useTranslation(["report", "ui"]);
  const meaning = useMeaning(scale);
  return (
    <div className={classes["result"]}>
      <h3>
        <span className={classes["mark"]}>{t(side === "right" ? "ui:right_mark" : "ui:left_mark")}</span>
        {t(side === "right" ? "ui:right" : "ui:left")}
      </h3>
      <p className={classes["figure"]}>
        {category ? (
          <>
            <span>{t("one_category")}</span> {categoryMark(category)}
          </>
        ) : (
          t("category.none")
        )}
      </p>
      {category && (
        <p className={classes["meaning"]}>
          {meaning(category)}
          {needsWorkUp(category, scale) && <strong>{t("work_up")}</strong>}
        </p>
      )}
    </div>
  );
}

function Part({ title, text }: { readonly title: string; readonly text: string }): JSX.Element {
  const { t } = useTranslation("report");
  return (
    <div className={classes["part"]}>
      <h3>{title}</h3>
      {text ? (
        <p className={classes["text"]}>{text}</p>
      ) : (
        <p className={`${classes["text"] ?? ""} ${classes["none"] ?? ""}`}>{t("no_text")}</p>
      )}
    </div>
  );
}
