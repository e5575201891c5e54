import { cellOf, type Hanging } from "@/hanging/hang";
import { AS_IT_IS, type Cell, type Stack } from "@/hanging/plan";
import { lookFrom, writtenLook, type Look, type WrittenLook } from "@/viewports/look";
import { firstRoom, type Room } from "./room";
import type { Looks } from "./views";

/** Where a reader was in a case, to be found again after the page was loaded anew. Pure. */

const KEPT = [
  "step",
  "own",
  "active",
  "enlarged",
  "tool",
  "textHidden",
  "stripsHidden",
  "reportOpen",
  "messagesOpen",
  "requestOpen",
] as const satisfies readonly (keyof Room)[];

interface WrittenCell {
  /** The stack's name; null where the viewport was empty. */
  readonly stack: string | null;
  readonly look: WrittenLook | null;
}

export interface Place {
  readonly room: Pick<Room, (typeof KEPT)[number]>;
  readonly rows: number;
  readonly columns: number;
  readonly cells: readonly WrittenCell[];
}

export function placeOf(room: Room, lookAt: (cell: number) => Look | null): Place {
  const { rows, columns, cells } = room.arrangement;
  const written = ({ stack }: Cell, index: number): WrittenCell => {
    const look = lookAt(index);
    const frame = look === null ? undefined : stack?.frames[look.index];
    return {
      stack: stack?.id ?? null,
      look: look === null || frame === undefined ? null : writtenLook(look, frame),
    };
  };
  const kept = Object.fromEntries(KEPT.map((what) => [what, room[what]])) as unknown as Place["room"];
  return { room: kept, rows, columns, cells: cells.map(written) };
}

/** The room as it was; as it is first shown where the case has other images now. */
export function roomAt(hanging: Hanging, place: Place | null, options: { requested: boolean }): Room {
  const first = firstRoom(hanging, options);
  const step = hanging.steps[place?.room.step ?? -1];
  if (place === null || step === undefined) return first;
  const stacks = stacksOf(hanging, place);
  const standing = step.cells.map((cell) => cell.stack);
  const isStep = stacks.length === standing.length && stacks.every((stack, index) => stack === standing[index]);
  if (stacks.includes(undefined) || (!place.room.own && !isStep)) return first;
  const cells = stacks.map((stack): Cell => (stack ? cellOf(stack) : { stack: null, placement: AS_IT_IS }));
  const { rows, columns } = place;
  const arrangement = place.room.own ? { ...step, rows, columns, cells } : step;
  return { ...first, ...place.room, arrangement };
}

/** How each viewport was looked at, by its number, with the stack that it was of. */
export function looksAt(hanging: Hanging, place: Place | null): Looks {
  const looks: Looks = new Map();
  if (place === null) return looks;
  stacksOf(hanging, place).forEach((stack, index) => {
    const look = place.cells[index]?.look;
    const frame = look ? stack?.frames[look.index] : undefined;
    if (stack && look && frame) looks.set(index, { stack, look: lookFrom(look, frame) });
  });
  return looks;
}

/** Undefined where a stack of this name is not there any more. */
const stacksOf = ({ stacks }: Hanging, { cells }: Place): (Stack | null | undefined)[] =>
  cells.map(({ stack: name }) => (name === null ? null : stacks.find(({ id }) => id === name)));
