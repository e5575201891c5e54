import { lazy, Suspense, useCallback, useEffect, useMemo, useReducer, useRef, useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { registrationsOf } from "@/images/registration";
import type { FrameStore } from "@/images/store";
import { LoadingRows } from "@/ui/States";
import { chooseMeasuringTool, measureWith } from "@/viewports/measuring";
import { isDragTool } from "@/viewports/pointer";
import { perform } from "./commands";
import { HelpSheet } from "./HelpSheet";
import { targetsOf } from "@/documents/links";
import { Documents } from "./documents";
import { commandOf, leadsBack, movesInDocument, pressesButton, typesText, type Command } from "./keys";
import { OpenDocument } from "./OpenDocument";
import { stancesAt, roomAt, type Place } from "./place";
import { changeRoom } from "./room";
import classes from "./ReadingRoom.module.css";
import { shownIn, type Seen } from "./seen";
import { Stage } from "./Stage";
import { Thumbnails } from "./Thumbnails";
import { TopStrip } from "./TopStrip";
import { useCine } from "./useCine";
import type { OpenCase } from "./useCase";
import { useIdentity } from "./useIdentity";
import { useNeighbours } from "./useNeighbours";
import { useMeasuringTexts } from "./useMeasuringTexts";
import { useKeptPlace } from "./usePlace";
import { useReportKeys } from "./useReportKeys";
import { Views } from "./views";

const MessagesPanel = lazy(() => import("@/messages/MessagesPanel"));
const Pedigree = lazy(() => import("./Pedigree"));
const ReportPanel = lazy(() => import("@/report/ReportPanel"));
const RequestPanel = lazy(() => import("@/requests/CaseRequest"));

export interface ReadingRoomProps {
  readonly opened: OpenCase;
  /** The room is made of what was there when it opened, until it is made anew of more. */
  readonly first: OpenCase;
  readonly store: FrameStore;
  readonly seen: Seen;
  /** Where the reader was when the page went. */
  readonly place: Place | null;
}

export function ReadingRoom({ opened, first, store, seen, place }: ReadingRoomProps): JSX.Element {
  const { t } = useTranslation("reading");
  const { hanging, item } = first;
  const requested = item.request_state !== "none" && item.request_state !== "canceled";
  const [registrations] = useState(() => registrationsOf([first.current, ...first.priors].map(({ study }) => study)));
  const reducer = useMemo(() => changeRoom(hanging), [hanging]);
  const [room, change] = useReducer(reducer, hanging, (from) => roomAt(from, place, { requested }));
  const [former] = useState(place);
  const views = useMemo(
    () => new Views(store, hanging.stacks, seen, registrations, stancesAt(hanging, former), former?.room.links),
    [store, hanging, seen, registrations, former],
  );
  useKeptPlace(item.worklist_item_id, room, views);
  const identity = useIdentity(first);
  const texts = useMeasuringTexts();
  const [documents] = useState(() => new Documents(first));
  const [, navigate] = useLocation();
  const neighbours = useNeighbours(item.worklist_item_id);

  useEffect(() => {
    measureWith(store, texts);
    return () => measureWith(null, null);
  }, [store, texts]);
  useEffect(() => chooseMeasuringTool(isDragTool(room.tool) ? null : room.tool), [room.tool]);
  useEffect(() => views.activate(room.active), [views, room.active]);
  useEffect(() => views.following.link(room.links), [views, room.links]);
  const pace = useCine(
    room.cine,
    () => views.at(room.active),
    views.following.drawn,
    () => change({ type: "cine", on: false }),
  );

  const act = useCallback(
    (command: Command) =>
      perform(command, {
        room,
        change,
        view: views.at(room.active),
        linked: views.following.kinds() !== "",
        leave: () => navigate("/worklist"),
        stacks: hanging.stacks,
        documents: documents.all,
        openLedger,
        goToCase: neighbours.go,
      }),
    [room, views, navigate, hanging, documents, neighbours.go],
  );
  useKeys(act);
  useReportKeys(item.worklist_item_id, room.reportOpen, () => act("report"));
  const openPaper = (sopInstanceUid: string): void => {
    const [target] = targetsOf({ sopClassUid: "", sopInstanceUid, frames: [] }, hanging.stacks, documents.all);
    if (target?.kind === "document") change({ type: "document", document: target.document });
    if (target?.kind !== "image") return;
    change({ type: "put", stack: target.stack });
    views.goTo(room.active, target.stack, target.index);
  };

  return (
    <main
      className={classes["room"]}
      aria-label={t("title")}
      data-reading-room=""
      data-study={first.current.study.studyInstanceUid}
      data-report={room.reportOpen || undefined}
    >
      {room.stripsHidden ? null : (
        <>
          <TopStrip
            opened={first}
            onRefresh={opened.refresh}
            store={store}
            views={views}
            seen={seen}
            documents={documents}
            room={room}
            change={change}
            act={act}
            besides={neighbours.said}
          />
          <Thumbnails
            opened={first}
            absent={opened.absentPriors}
            store={store}
            room={room}
            documents={documents}
            onPut={(stack) => change({ type: "put", stack })}
            onOpen={(document) => change({ type: "document", document })}
          />
        </>
      )}
      {room.requestOpen ? (
        <aside className={classes["request"]} aria-label={t("request")} tabIndex={0}>
          <Suspense fallback={<LoadingRows rows={6} />}>
            <RequestPanel itemId={item.worklist_item_id} onPaper={openPaper} />
          </Suspense>
        </aside>
      ) : null}
      <Stage room={room} change={change} views={views} store={store} identity={identity} pace={pace} />
      {room.document === null ? null : (
        <OpenDocument
          document={room.document}
          documents={documents}
          opened={first}
          identity={identity}
          views={views}
          active={room.active}
          change={change}
        />
      )}
      {room.reportOpen || room.messagesOpen ? (
        <div className={classes["side"]}>
          {room.reportOpen ? (
            <aside className={classes["report"]} aria-label={t("report")}>
              <Suspense fallback={<LoadingRows rows={6} />}>
                <ReportPanel
                  worklistItemId={item.worklist_item_id}
                  imagesRead={seen.images}
                  priorsShown={seen.priors}
                  writing={room.writing}
                  shown={() => shownIn(views.at(room.active))}
                />
              </Suspense>
            </aside>
          ) : null}
          {room.messagesOpen ? (
            <aside className={classes["messages"]} aria-label={t("command.messages")}>
              <Suspense fallback={<LoadingRows rows={4} />}>
                <MessagesPanel worklistItemId={item.worklist_item_id} />
              </Suspense>
            </aside>
          ) : null}
        </div>
      ) : null}
      {room.pedigreeOpen ? (
        <Suspense fallback={null}>
          <Pedigree
            item={item}
            view={views.at(room.active)}
            onClose={() => change({ type: "toggle", what: "pedigreeOpen" })}
          />
        </Suspense>
      ) : null}
      <HelpSheet opened={room.helpOpen} onClose={() => change({ type: "toggle", what: "helpOpen" })} />
    </main>
  );
}

/** With the focus on its button, from which Tab goes on through the strip. */
function openLedger(): void {
  const button = document.querySelector<HTMLButtonElement>("[data-ledger]");
  button?.focus();
  button?.click();
}

/** Physical keys for the whole page, as long as nobody is typing. */
function useKeys(act: (command: Command) => void): void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  }, [act]);
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const command = commandOf(event);
      if (command === null) return;
      const { code, target } = event;
      const elsewhere = typesText(target) || pressesButton(code, target) || movesInDocument(code, target);
      if (elsewhere && !leadsBack(command, target)) return;
      event.preventDefault();
      latest.current(command);
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
}
