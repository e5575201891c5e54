import { useEffect, useRef, useState, useSyncExternalStore, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Stack } from "@/hanging/plan";
import type { DocumentObject } from "@/images/frame";
import type { FrameStore } from "@/images/store";
import { formatDay, parseDay } from "@/ui/format";
import { useDateStyle } from "@/ui/preferences";
import { partOf, stackLabel } from "@/viewports/label";
import { drawThumbnail } from "@/viewports/thumbnail";
import { AwaitedPriors } from "./AwaitedPriors";
import type { Documents } from "./documents";
import type { AbsentPrior } from "./priors";
import type { Room } from "./room";
import classes from "./Thumbnails.module.css";
import type { LoadedStudy } from "@/images/loadStudy";
import type { OpenCase } from "./useCase";
import { keepFocus } from "./TopStrip";
import { middleOf } from "./views";

export interface ThumbnailsProps {
  readonly opened: OpenCase;
  /** Priors that are not in the room. */
  readonly absent: readonly AbsentPrior[];
  readonly store: FrameStore;
  readonly room: Room;
  readonly documents: Documents;
  readonly onPut: (stack: Stack) => void;
  readonly onOpen: (document: DocumentObject) => void;
}

/** Every stack of the case and what is no image, study by study: what is not hung is one click away. */
export function Thumbnails(props: ThumbnailsProps): JSX.Element {
  const { opened, absent, store, room, documents, onPut, onOpen } = props;
  const { t } = useTranslation("reading");
  const hung = new Set(room.arrangement.cells.map((cell) => cell.stack?.id));
  const active = room.arrangement.cells[room.active]?.stack?.id;
  return (
    <nav className={classes["strip"]} aria-label={t("thumbnails")} onMouseDown={keepFocus}>
      {[opened.current, ...opened.priors].map((loaded, index) => (
        <StudyGroup
          key={loaded.study.studyInstanceUid}
          loaded={loaded}
          prior={index > 0}
          documents={documents}
          open={room.document}
          onOpen={onOpen}
        >
          {opened.hanging.stacks
            .filter((stack) => stack.frames[0]?.instance.studyInstanceUid === loaded.study.studyInstanceUid)
            .map((stack) => (
              <Thumbnail
                key={stack.id}
                stack={stack}
                store={store}
                hung={hung.has(stack.id)}
                active={stack.id === active}
                onPut={() => onPut(stack)}
              />
            ))}
        </StudyGroup>
      ))}
      {absent.map((one) => (
        <AbsentPriorRow key={one.prior.study_instance_uid} absent={one} />
      ))}
      <AwaitedPriors opened={opened} />
    </nav>
  );
}

interface StudyGroupProps {
  readonly loaded: LoadedStudy;
  readonly prior: boolean;
  readonly documents: Documents;
  readonly open: DocumentObject | null;
  readonly onOpen: (document: DocumentObject) => void;
  readonly children: JSX.Element[];
}

function StudyGroup({ loaded, prior, documents, open, onOpen, children }: StudyGroupProps): JSX.Element {
  const { t } = useTranslation("reading");
  const style = useDateStyle();
  const shown = useSyncExternalStore(documents.subscribe, documents.shown);
  return (
    <section className={classes["study"]}>
      <h2 data-prior={prior || undefined}>
        {prior ? t("prior") : t("current")} <span>{formatDay(parseDay(loaded.study.studyDate), style)}</span>
      </h2>
      {children}
      {loaded.study.series
        .flatMap((series) => series.documents)
        .map((one) => (
          <DocumentRow
            key={one.sopInstanceUid}
            document={one}
            shown={shown(one)}
            open={one === open}
            onOpen={() => onOpen(one)}
          />
        ))}
    </section>
  );
}

interface DocumentRowProps {
  readonly document: DocumentObject;
  readonly shown: boolean;
  readonly open: boolean;
  readonly onOpen: () => void;
}

/** What is no image: a click away as the images are, and said to be so where nothing here can show it. */
function DocumentRow({ document, shown, open, onOpen }: DocumentRowProps): JSX.Element {
  const { t } = useTranslation("documents");
  const kind = document.kind === "other" ? document.modality : t(`kind.${document.kind}`);
  return (
    <button
      type="button"
      className={`${classes["document"] ?? ""} ${classes["opens"] ?? ""}`}
      aria-pressed={open}
      onClick={onOpen}
      data-document-row={document.kind}
    >
      <span>{document.title || t("untitled")}</span>
      <small>{kind}</small>
      {shown ? null : <small data-unshown="">{`⊘ ${t("unshown")}`}</small>}
    </button>
  );
}

/** A prior that failed or was left out is said to be so, and one click away. */
function AbsentPriorRow({ absent: { prior, error, bring } }: { readonly absent: AbsentPrior }): JSX.Element {
  const { t } = useTranslation("reading");
  const style = useDateStyle();
  return (
    <section className={classes["study"]} data-absent={error === null ? "omitted" : "failed"}>
      <h2 data-prior>
        {t("prior")} <span>{formatDay(parseDay(prior.study_date), style)}</span>
      </h2>
      <div className={classes["document"]}>
        <div>{[...prior.modalities, prior.study_description].join(" ")}</div>
        <small className={error === null ? undefined : classes["failed"]}>
          {error === null ? t("absentPrior.omitted") : `▲ ${t("absentPrior.failed")}`}
        </small>
        <button type="button" className={classes["bring"]} onClick={bring}>
          {error === null ? t("absentPrior.bring") : t("absentPrior.retry")}
        </button>
      </div>
    </section>
  );
}

interface ThumbnailProps {
  readonly stack: Stack;
  readonly store: FrameStore;
  readonly hung: boolean;
  readonly active: boolean;
  readonly onPut: () => void;
}

function Thumbnail({ stack, store, hung, active, onPut }: ThumbnailProps): JSX.Element {
  const { t } = useTranslation("reading");
  const canvas = useRef<HTMLCanvasElement>(null);
  const share = useShare(store, stack);
  const frame = middleOf(stack);
  const part = partOf(stack);
  useEffect(() => {
    if (frame === undefined) return;
    const draw = (): void => {
      const image = store.view(frame.imageId)?.image;
      if (canvas.current !== null && image != null) drawThumbnail(canvas.current, frame, image);
    };
    draw();
    return store.subscribe(frame.imageId, draw);
  }, [store, frame]);
  return (
    <button
      type="button"
      className={classes["thumbnail"]}
      data-hung={hung || undefined}
      aria-pressed={active}
      onClick={onPut}
      title={stack.series.description}
    >
      <canvas ref={canvas} width={112} height={112} />
      <span className={classes["name"]}>{stackLabel(stack)}</span>
      <span className={classes["count"]}>
        {part === null ? "" : `${t("part", part)}  `}
        {t("imageCount", { count: stack.frames.length })}
      </span>
      {share < 1 ? <span className={classes["bar"]} style={{ "--share": share } as React.CSSProperties} /> : null}
    </button>
  );
}

/** How much of a stack is here and proved, looked at a few times a second. */
function useShare(store: FrameStore, stack: Stack): number {
  const [subscribe] = useState(() => (changed: () => void) => {
    const timer = setInterval(changed, 400);
    return () => clearInterval(timer);
  });
  return useSyncExternalStore(subscribe, () => {
    const proved = stack.frames.filter((frame) => store.view(frame.imageId)?.proved === true).length;
    return Math.floor((proved / Math.max(stack.frames.length, 1)) * 50) / 50;
  });
}
