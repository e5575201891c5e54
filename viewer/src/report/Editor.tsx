import { Button, Textarea } from "@mantine/core";
import { useEffect, useRef, useState, type FocusEvent, type JSX, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import type { ImageRead, Report, WorklistItem } from "@/api/types";
import { useSession } from "@/session/api";
import { FailedLine } from "@/ui/States";
import { useCount } from "@/ui/Written";
import { CategoryField } from "./CategoryField";
import { Conflict } from "./Conflict";
import { unionOfImages } from "./model";
import classes from "./Report.module.css";
import { ReportStatusChip } from "./ReportStatusChip";
import { SaveMark } from "./SaveMark";
import { SignDialog } from "./SignDialog";
import { useDraft } from "./useDraft";

export interface EditorProps {
  readonly item: WorklistItem;
  readonly report: Report;
  readonly imagesRead: () => readonly ImageRead[];
  readonly writing: number;
}

/** Findings, diagnosis and a category for each breast; saved as one types, signed with one button. */
export function Editor({ item, report, imagesRead, writing }: EditorProps): JSX.Element {
  const { t } = useTranslation("report");
  const { session } = useSession();
  const count = useCount();
  const { draft, state, saver } = useDraft(item.worklist_item_id, report, imagesRead);
  const [signing, setSigning] = useState(false);
  const findings = useRef<HTMLTextAreaElement>(null);
  const lastWritten = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (writing > 0) (lastWritten.current ?? findings.current)?.focus();
  }, [writing]);
  const onFocus = (event: FocusEvent): void => {
    if (event.target instanceof HTMLTextAreaElement) lastWritten.current = event.target;
  };
  const composition = {
    onCompositionStart: () => saver.compose(true),
    onCompositionEnd: () => saver.compose(false),
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing || event.key === "Process") return;
    if (event.code === "KeyS" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void saver.flush();
    }
  };
  return (
    <div className={classes["panel"]} onKeyDown={onKeyDown} onFocus={onFocus}>
      <div className={classes["top"]}>
        <h2 className={classes["title"]}>{t("title")}</h2>
        <ReportStatusChip status={report.status} framed />
      </div>
      {state.kind === "conflict" && <Conflict itemId={item.worklist_item_id} saver={saver} />}
      {state.kind === "refused" && <FailedLine error={state.error} />}
      <div className={classes["group"]}>
        <span className={classes["label"]}>{t("categories")}</span>
        <div className={classes["sides"]}>
          <CategoryField
            side="right"
            value={draft.category_right}
            onChange={(category_right) => saver.edit({ category_right })}
          />
          <CategoryField
            side="left"
            value={draft.category_left}
            onChange={(category_left) => saver.edit({ category_left })}
          />
        </div>
      </div>
      <Textarea
        ref={findings}
        label={t("findings")}
        autosize
        minRows={5}
        maxRows={18}
        value={draft.findings}
        onChange={(event) => saver.edit({ findings: event.currentTarget.value })}
        {...composition}
      />
      <Textarea
        label={t("impression")}
        autosize
        minRows={3}
        maxRows={10}
        value={draft.impression}
        onChange={(event) => saver.edit({ impression: event.currentTarget.value })}
        {...composition}
      />
      <div className={classes["bottom"]}>
        <SaveMark state={state} />
        {session.permissions.includes("report.sign") ? (
          <Button onClick={() => setSigning(true)} disabled={state.kind === "conflict"}>
            {t("sign.open")}
          </Button>
        ) : (
          <p className={classes["quiet"]}>{t("sign.by_physician")}</p>
        )}
      </div>
      <p className={classes["quiet"]}>
        {t("images_read", { read: count(unionOfImages(report.images_read, imagesRead()).length) })}
      </p>
      {signing && (
        <SignDialog
          item={item}
          draft={draft}
          saver={saver}
          imagesRead={unionOfImages(report.images_read, imagesRead()).length}
          onClose={() => setSigning(false)}
        />
      )}
    </div>
  );
}
