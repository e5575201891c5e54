import { cellOf, type Hanging } from "@/hanging/hang";
import { AS_IT_IS, type Cell, type Stack } from "@/hanging/plan";
import { stanceFrom, writtenStance, type Stance, type WrittenStance } from "@/viewports/stance";
import { firstRoom, type Room } from "./room";
import type { Stances } from "./views";

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
  "links",
] as const satisfies readonly (keyof Room)[];

interface WrittenCell {
  /** The stack's name; null where the viewport was empty. */
  readonly stack: string | null;
  readonly stance: WrittenStance | null;
}

export interface Place {
  readonly room: Pick<Room, (typeof KEPT)[number]>;
  readonly rows: number;
  readonly columns: number;
  readonly cells: readonly WrittenCell[];
}

export function placeOf(room: Room, stanceAt: (cell: number) => Stance | null): Place {
  const { rows, columns, cells } = room.arrangement;
  const written = ({ stack }: Cell, index: number): WrittenCell => {
    const stance = stanceAt(index);
    const frame = stance === null ? undefined : stack?.frames[stance.index];
    return {
      stack: stack?.id ?? null,
      stance: stance === null || frame === undefined ? null : writtenStance(stance, frame),
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
export function stancesAt(hanging: Hanging, place: Place | null): Stances {
  const stances: Stances = new Map();
  if (place === null) return stances;
  stacksOf(hanging, place).forEach((stack, index) => {
    const stance = place.cells[index]?.stance;
    const frame = stance ? stack?.frames[stance.index] : undefined;
    if (stack && stance && frame) stances.set(index, { stack, stance: stanceFrom(stance, frame) });
  });
  return stances;
}

/** Undefined where a stack of this name is not there any more. */
const stacksOf = ({ stacks }: Hanging, { cells }: Place): (Stack | null | undefined)[] =>
  cells.map(({ stack: name }) => (name === null ? null : stacks.find(({ id }) => id === name)));
