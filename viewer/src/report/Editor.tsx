import { Button, Textarea } from "@mantine/core";
import { useEffect, useRef, useState, type FocusEvent, type JSX, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import type { ImageRead, Report, ReportForm, WorklistItem } from "@/api/types";
import { Dictate } from "@/dictation/Dictate";
import { useSession } from "@/session/api";
import { Former } from "@/kept/Former";
import { FailedLine } from "@/ui/States";
import { composes } from "@/ui/composing";
import { useCount } from "@/ui/Written";
import { useForm } from "./api";
import { CategoryField } from "./CategoryField";
import { Checks } from "./Checks";
import { Conflict } from "./Conflict";
import { Examination } from "./Examination";
import { categoriesOf, structureOf, withFields } from "./findings";
import { CATEGORIES, unionOfImages, writtenIn, type Draft } from "./model";
import classes from "./Report.module.css";
import { ComparedLine, mayPublish, Standing } from "./Stages";
import { ReportStatusChip } from "./ReportStatusChip";
import { Phrases } from "./Phrases";
import { SaveMark } from "./SaveMark";
import type { Shown } from "./shown";
import { SignDialog } from "./SignDialog";
import { Recommended, Structured } from "./Structured";
import { useDraft, type Beginning } from "./useDraft";
import { useFill } from "./useFill";
import { wordsOf } from "./words";

export interface EditorProps {
  readonly item: WorklistItem;
  readonly report: Report;
  /** What was typed on this computer before, and is not at the hub. */
  readonly typed: Beginning["typed"];
  readonly imagesRead: () => readonly ImageRead[];
  readonly priorsShown: () => readonly string[];
  readonly writing: number;
  readonly shown: (() => Shown | null) | undefined;
}

/** Findings, diagnosis and a category for each breast; saved as one types, signed with one button. */
export function Editor({ item, report, typed, imagesRead, priorsShown, writing, shown }: EditorProps): JSX.Element {
  const { t } = useTranslation(["report", "stages", "dictation"]);
  const { session } = useSession();
  const count = useCount();
  const seen = { imagesRead, priorsShown };
  const { draft, state, saver, hand } = useDraft(item.worklist_item_id, { report, typed }, seen);
  const [signing, setSigning] = useState<"final" | "preliminary" | null>(null);
  const form = useForm(item.worklist_item_id, draft.structure.method).data;
  const maySign = session.permissions.includes("report.sign") && state.kind !== "conflict";
  const fill = useFill({
    itemId: item.worklist_item_id,
    form,
    saver,
    imagesRead,
    shown,
    onSign: () => setSigning(maySign ? "final" : null),
  });
  const structure = form?.form ? structureOf(draft, form) : draft.structure;
  const categories = offeredCategories(form, structure.scale);
  const decide = (change: Partial<Draft>): void =>
    saver.edit(form?.form ? { ...withFields(draft, form, {}), ...change } : change);
  const findings = useRef<HTMLTextAreaElement>(null);
  const impression = useRef<HTMLTextAreaElement>(null);
  const lastWritten = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (writing > 0) (lastWritten.current ?? findings.current)?.focus();
  }, [writing]);
  const onFocus = (event: FocusEvent): void => {
    const area = event.target;
    if (!(area instanceof HTMLTextAreaElement)) return;
    if (area === findings.current || area === impression.current) lastWritten.current = area;
  };
  const composition = {
    onCompositionStart: () => saver.compose(true),
    onCompositionEnd: () => saver.compose(false),
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (composes(event.nativeEvent)) return;
    if (event.code === "KeyS" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void saver.flush();
    }
  };
  // A breast MRI is judged after what was found and compared (REPORT-09); others say at first how they are judged.
  const assessedLast = form?.form?.assessed_last === true;
  const compared = <ComparedLine item={item} report={report} priorsShown={priorsShown} />;
  const followed = form && <Recommended form={form} draft={draft} fill={fill} />;
  const assessed = (
    <>
      <Assessed draft={draft} categories={categories} scale={structure.scale} onDecide={decide} />
      {form && <Examination form={form} scale={structure.scale} draft={draft} />}
    </>
  );
  return (
    <div className={classes["panel"]} onKeyDown={onKeyDown} onFocus={onFocus}>
      <div className={classes["top"]}>
        <h2 className={classes["title"]}>{t("title")}</h2>
        <ReportStatusChip status={report.status} framed />
      </div>
      <Standing itemId={item.worklist_item_id} report={report} />
      {state.kind === "conflict" && <Conflict itemId={item.worklist_item_id} saver={saver} />}
      {state.kind === "refused" && <FailedLine error={state.error} />}
      {form && <Structured form={form} draft={draft} fill={fill} shown={shown} />}
      {!assessedLast && followed}
      {!assessedLast && assessed}
      <Former hand={hand} wordsOf={({ draft: former }) => writtenIn(former)} />
      <Phrases
        siteId={item.site_id}
        methods={form?.form?.methods ?? []}
        saver={saver}
        lastWritten={lastWritten}
        fieldOf={(area) => (area !== null && area === impression.current ? "impression" : "findings")}
      >
        {signing === null && (
          <Dictate
            words={(language) => (form ? wordsOf(form, language === "ja-JP" ? "ja" : "en") : [])}
            field={lastWritten}
            fallback={findings}
            onWritten={saver.spoke}
          />
        )}
      </Phrases>
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
      {assessedLast && compared}
      {assessedLast && assessed}
      <Textarea
        ref={impression}
        label={t("impression")}
        autosize
        minRows={3}
        maxRows={10}
        value={draft.impression}
        onChange={(event) => saver.edit({ impression: event.currentTarget.value })}
        {...composition}
      />
      {assessedLast && followed}
      {form && (
        <Checks
          form={form}
          checks={report.checks}
          answers={draft.answers}
          onAnswer={(answers) => saver.edit({ answers })}
        />
      )}
      <div className={classes["bottom"]}>
        <SaveMark state={state} />
        {session.permissions.includes("report.sign") ? (
          <div className={classes["buttons"]}>
            {mayPublish(item, report) && (
              <Button variant="default" onClick={() => setSigning("preliminary")} disabled={state.kind === "conflict"}>
                {t("stages:preliminary.open")}
              </Button>
            )}
            <Button onClick={() => setSigning("final")} disabled={state.kind === "conflict"}>
              {t("sign.open")}
            </Button>
          </div>
        ) : (
          <p className={classes["quiet"]}>{t("sign.by_physician")}</p>
        )}
      </div>
      {report.spoken_by.length > 0 && (
        <p className={classes["quiet"]} data-spoken="">
          {t("dictation:contains", { names: report.spoken_by.join(", ") })}
        </p>
      )}
      <p className={classes["quiet"]}>
        {t("images_read", { read: count(unionOfImages(report.images_read, imagesRead()).length) })}
      </p>
      {!assessedLast && compared}
      {signing !== null && (
        <SignDialog
          item={item}
          draft={draft}
          saver={saver}
          form={form}
          imagesRead={unionOfImages(report.images_read, imagesRead()).length}
          preliminary={signing === "preliminary"}
          onClose={() => setSigning(null)}
        />
      )}
    </div>
  );
}

/** What each breast may be given; before the lists are here nothing is offered that they may not have. */
function offeredCategories(form: ReportForm | undefined, scale: string): readonly string[] {
  if (form === undefined) return [];
  return form.form === null ? CATEGORIES : categoriesOf(form, scale);
}

interface AssessedProps {
  readonly draft: Draft;
  readonly categories: readonly string[];
  readonly scale: string;
  readonly onDecide: (change: Partial<Draft>) => void;
}

/** A category for each breast. */
function Assessed({ draft, categories, scale, onDecide }: AssessedProps): JSX.Element {
  const { t } = useTranslation("report");
  const given = { categories, scale };
  return (
    <div className={classes["group"]}>
      <span className={classes["label"]}>{t("categories")}</span>
      <div className={classes["sides"]}>
        <CategoryField
          side="right"
          value={draft.category_right}
          {...given}
          onChange={(category_right) => onDecide({ category_right })}
        />
        <CategoryField
          side="left"
          value={draft.category_left}
          {...given}
          onChange={(category_left) => onDecide({ category_left })}
        />
      </div>
    </div>
  );
}
