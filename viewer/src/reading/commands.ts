import type { Dispatch } from "react";
import { removeSelectedMeasurements } from "@/viewports/measuring";
import type { Stack } from "@/hanging/plan";
import type { DocumentObject } from "@/images/frame";
import type { Tool } from "@/viewports/pointer";
import type { StackView } from "@/viewports/StackView";
import type { ScrollLink } from "./following";
import type { Command } from "./keys";
import type { Change, Room } from "./room";

/** What each command does: to the room by a change, to the active viewport by its own verbs. */
export interface Doing {
  readonly room: Room;
  readonly change: Dispatch<Change>;
  readonly view: StackView | null;
  /** Something is linked to the active viewport. */
  readonly linked: boolean;
  readonly leave: () => void;
  readonly stacks: readonly Stack[];
  readonly documents: readonly DocumentObject[];
  readonly openLedger: () => void;
  /** Opens the case beside this one in the list. */
  readonly goToCase: (by: 1 | -1) => void;
}

const TOOLS: Partial<Record<Command, Tool>> = {
  toolWindow: "window",
  toolPan: "pan",
  toolZoom: "zoom",
  toolScroll: "scroll",
  toolLength: "length",
  toolAngle: "angle",
  toolEllipse: "ellipse",
};

const STEPS: Partial<Record<Command, number>> = { nextImage: 1, previousImage: -1, tenForward: 10, tenBack: -10 };

export const PRESETS: readonly Command[] = ["preset1", "preset2", "preset3", "preset4", "preset5"];

/** Rows and columns that have a key each, in the order of the digits. */
export const LAYOUTS: readonly (readonly [Command, number, number])[] = [
  ["layout1", 1, 1],
  ["layout2", 1, 2],
  ["layout3", 1, 3],
  ["layout4", 1, 4],
  ["layout5", 2, 2],
  ["layout6", 2, 3],
  ["layout7", 2, 4],
];

export function perform(command: Command, doing: Doing): void {
  const tool = TOOLS[command];
  const steps = STEPS[command];
  const preset = PRESETS.indexOf(command);
  const layout = LAYOUTS.find(([name]) => name === command);
  if (tool !== undefined) doing.change({ type: "tool", tool });
  else if (steps !== undefined) doing.view?.scrollBy(steps);
  else if (layout !== undefined) doing.change({ type: "grid", rows: layout[1], columns: layout[2] });
  else if (preset >= 0) choosePreset(doing.view, preset);
  else if (!performInRoom(command, doing) && doing.view !== null) performInView(command, doing.view);
}

export function choosePreset(view: StackView | null, preset: number): void {
  const choice = view?.state.frame.voi[preset];
  if (choice !== undefined) view?.chooseVoi(choice);
}

/** The series beside the one in the active viewport takes its place. */
function putBeside({ room, change, stacks }: Doing, by: 1 | -1): void {
  const shown = stacks.findIndex((stack) => stack === room.arrangement.cells[room.active]?.stack);
  const stack = stacks.at((shown + by) % Math.max(stacks.length, 1));
  if (stack !== undefined) change({ type: "put", stack });
}

/** Unlinks what is linked; else links everything, where it stands. */
const nextScrollLink = (now: ScrollLink, linked: boolean): ScrollLink =>
  now === "all" || (now === "place" && linked) ? "off" : "all";

/** What is no image, one after the other. */
function openNextDocument({ room, change, documents }: Doing): void {
  const shown = documents.findIndex((one) => one === room.document);
  const next = documents[(shown + 1) % Math.max(documents.length, 1)];
  if (next !== undefined) change({ type: "document", document: next });
}

function performInRoom(command: Command, doing: Doing): boolean {
  const { room, change } = doing;
  switch (command) {
    case "nextSeries":
      putBeside(doing, 1);
      return true;
    case "previousSeries":
      putBeside(doing, -1);
      return true;
    case "nextDocument":
      openNextDocument(doing);
      return true;
    case "ledger":
      doing.openLedger();
      return true;
    case "pedigree":
      change({ type: "toggle", what: "pedigreeOpen" });
      return true;
    case "nextStep":
      change({ type: "step", by: 1 });
      return true;
    case "previousStep":
      change({ type: "step", by: -1 });
      return true;
    case "nextViewport":
      change({ type: "nextViewport", by: 1 });
      return true;
    case "previousViewport":
      change({ type: "nextViewport", by: -1 });
      return true;
    case "enlarge":
      change({ type: "enlarge", cell: room.active });
      return true;
    case "cine":
      change({ type: "cine", on: !room.cine });
      return true;
    case "linkScroll":
      change({ type: "linkScroll", to: nextScrollLink(room.links.scroll, doing.linked) });
      return true;
    case "linkWindow":
      change({ type: "link", what: "window" });
      return true;
    case "linkZoom":
      change({ type: "link", what: "zoom" });
      return true;
    case "hideText":
      change({ type: "toggle", what: "textHidden" });
      return true;
    case "hideStrips":
      change({ type: "toggle", what: "stripsHidden" });
      return true;
    case "report":
      change({ type: "toggle", what: "reportOpen" });
      return true;
    case "request":
      change({ type: "toggle", what: "requestOpen" });
      return true;
    case "messages":
      change({ type: "toggle", what: "messagesOpen" });
      return true;
    case "write":
      change({ type: "write" });
      return true;
    case "images":
      toImages(doing);
      return true;
    case "nextCase":
      doing.goToCase(1);
      return true;
    case "previousCase":
      doing.goToCase(-1);
      return true;
    case "help":
      change({ type: "toggle", what: "helpOpen" });
      return true;
    case "worklist":
      doing.leave();
      return true;
    default:
      return false;
  }
}

/** From the report the keyboard is the images' again, and what was typed stays; from anywhere else a document closes. */
function toImages({ room, change }: Doing): void {
  const { activeElement } = document;
  const writes = activeElement?.closest("[data-report-panel], [data-messages-panel]") != null;
  if (room.document !== null && !writes) change({ type: "document", document: null });
  else if (activeElement instanceof HTMLElement) activeElement.blur();
}

function performInView(command: Command, view: StackView): void {
  const { grey, stack } = view.state;
  switch (command) {
    case "firstImage":
      view.scrollTo(0);
      break;
    case "lastImage":
      view.scrollTo(stack.frames.length - 1);
      break;
    case "invert":
      view.setGrey({ ...grey, inverted: !grey.inverted });
      break;
    case "flip":
      view.flip();
      break;
    case "rotate":
      view.rotate(1);
      break;
    case "zoomIn":
      view.zoomBy(1.25);
      break;
    case "zoomOut":
      view.zoomBy(0.8);
      break;
    case "fit":
      view.fit();
      break;
    case "actualPixels":
      view.actualPixels();
      break;
    case "reset":
      view.reset();
      break;
    case "deleteMeasurement":
      removeSelectedMeasurements();
      view.resized();
      break;
    default:
      break;
  }
}
