import { regridded, type Hanging } from "@/hanging/hang";
import { cellOf } from "@/hanging/hang";
import type { Cell, Stack, Step } from "@/hanging/plan";
import type { DocumentObject } from "@/images/frame";
import type { Tool } from "@/viewports/pointer";
import { FIRST_LINKS, type Links, type ScrollLink } from "./following";

/** What the reading room shows: which arrangement, which viewport has the keyboard, which tool. Pure. */
export interface Room {
  readonly step: number;
  readonly arrangement: Step;
  /** The arrangement was changed by hand and is no longer the step's. */
  readonly own: boolean;
  readonly active: number;
  /** The one viewport that fills the room, if any. */
  readonly enlarged: number | null;
  readonly tool: Tool;
  readonly textHidden: boolean;
  readonly stripsHidden: boolean;
  readonly reportOpen: boolean;
  readonly messagesOpen: boolean;
  /** How often the reader went to the report's text since it was opened. */
  readonly writing: number;
  readonly requestOpen: boolean;
  readonly helpOpen: boolean;
  /** Where the image in the active viewport comes from, and what became of it on the way. */
  readonly pedigreeOpen: boolean;
  readonly cine: boolean;
  /** What moves together. */
  readonly links: Links;
  /** What is no image and is open beside the images, if anything. */
  readonly document: DocumentObject | null;
}

export type Change =
  | { readonly type: "step"; readonly by: 1 | -1 }
  | { readonly type: "goToStep"; readonly step: number }
  | { readonly type: "grid"; readonly rows: number; readonly columns: number }
  | { readonly type: "activate"; readonly cell: number }
  | { readonly type: "nextViewport"; readonly by: 1 | -1 }
  | { readonly type: "enlarge"; readonly cell: number }
  | { readonly type: "put"; readonly stack: Stack }
  | { readonly type: "tool"; readonly tool: Tool }
  | { readonly type: "cine"; readonly on: boolean }
  | { readonly type: "linkScroll"; readonly to: ScrollLink }
  | { readonly type: "link"; readonly what: "window" | "zoom" }
  | { readonly type: "document"; readonly document: DocumentObject | null }
  | { readonly type: "write" }
  | {
      readonly type: "toggle";
      readonly what:
        "textHidden" | "stripsHidden" | "reportOpen" | "requestOpen" | "messagesOpen" | "helpOpen" | "pedigreeOpen";
    };

const EMPTY: Step = { name: "series", rows: 1, columns: 1, cells: [] };

/** With its request beside the images where it has one: readable at a glance, and folded away by its key. */
export function firstRoom(hanging: Hanging, { requested = false } = {}): Room {
  return {
    ...standing(hanging, 0),
    tool: "window",
    textHidden: false,
    stripsHidden: false,
    reportOpen: false,
    messagesOpen: false,
    writing: 0,
    requestOpen: requested,
    helpOpen: false,
    pedigreeOpen: false,
    cine: false,
    links: FIRST_LINKS,
    document: null,
  };
}

const around = (value: number, count: number): number => (count === 0 ? 0 : ((value % count) + count) % count);

export const changeRoom =
  (hanging: Hanging) =>
  (room: Room, change: Change): Room => {
    switch (change.type) {
      case "step":
        return atStep(
          room,
          hanging,
          around(room.step + (room.own && change.by < 0 ? 0 : change.by), hanging.steps.length),
        );
      case "goToStep":
        return atStep(room, hanging, change.step);
      case "grid": {
        const arrangement = regridded(room.arrangement, change.rows, change.columns, hanging.stacks);
        const active = Math.min(room.active, arrangement.cells.length - 1);
        return { ...room, arrangement, own: true, enlarged: null, active, cine: false };
      }
      case "activate":
        return room.active === change.cell ? room : { ...room, active: change.cell, cine: false };
      case "nextViewport":
        return {
          ...room,
          active: around(room.active + change.by, room.arrangement.cells.length),
          cine: false,
          enlarged: null,
        };
      case "enlarge":
        return { ...room, active: change.cell, enlarged: room.enlarged === null ? change.cell : null };
      case "put":
        return put(room, change.stack);
      case "tool":
        return { ...room, tool: change.tool };
      case "cine":
        return { ...room, cine: change.on };
      case "linkScroll":
        return { ...room, links: { ...room.links, scroll: change.to } };
      case "link":
        return { ...room, links: { ...room.links, [change.what]: !room.links[change.what] } };
      case "document":
        return { ...room, document: change.document };
      case "write":
        return { ...room, reportOpen: true, writing: room.writing + 1 };
      case "toggle":
        return { ...room, [change.what]: !room[change.what], writing: change.what === "reportOpen" ? 0 : room.writing };
    }
  };

const atStep = (room: Room, hanging: Hanging, step: number): Room => ({
  ...room,
  ...standing(hanging, step),
  cine: false,
});

/** An arrangement as it is first shown: the first viewport that has an image has the keyboard. */
function standing(hanging: Hanging, step: number): Pick<Room, "step" | "arrangement" | "own" | "active" | "enlarged"> {
  const arrangement = hanging.steps[step] ?? EMPTY;
  const first = arrangement.cells.findIndex((cell) => cell.stack !== null);
  return { step, arrangement, own: false, active: Math.max(first, 0), enlarged: null };
}

function put(room: Room, stack: Stack): Room {
  if (room.arrangement.cells[room.active]?.stack === stack) return room;
  const cells = room.arrangement.cells.map((cell, index): Cell => (index === room.active ? cellOf(stack) : cell));
  return { ...room, arrangement: { ...room.arrangement, cells }, own: true, cine: false };
}
