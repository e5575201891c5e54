import { describe, expect, it } from "vitest";
import { cellOf, type Hanging } from "@/hanging/hang";
import type { Stack } from "@/hanging/plan";
import type { VoiChoice } from "@/images/frame";
import { madeFrame } from "@/images/madeFrames";
import type { Stance } from "@/viewports/stance";
import { stancesAt, placeOf, roomAt, type Place } from "./place";
import { changeRoom, firstRoom, type Change, type Room } from "./room";

const TABLE = { kind: "table", table: { entries: new Uint16Array([0, 9]), firstMapped: 0, explanation: "STD" } };
const OWN = TABLE as unknown as VoiChoice;
const FRAMES = Array.from({ length: 5 }, () => ({ ...madeFrame(), voi: [OWN] }));

const stack = (id: string): Stack => ({
  id,
  frames: FRAMES,
  series: {
    seriesInstanceUid: id,
    seriesNumber: 1,
    modality: "MR",
    description: "",
    laterality: "",
    bodyPartExamined: "",
    frames: [],
    documents: [],
  },
  part: null,
  studyDate: "",
  prior: false,
});

function hung(...ids: string[]): Hanging {
  const stacks = ids.map(stack);
  const cells = stacks.map(cellOf);
  return {
    stacks,
    steps: [
      { name: "overview", rows: 1, columns: ids.length, cells },
      { name: "series", rows: 1, columns: 1, cells: cells.slice(0, 1) },
    ],
  };
}

const REQUESTED = { requested: false };
const STANCE: Stance = {
  index: 3,
  view: { center: [0.25, 0.75], scale: 4, turns: 1, flipped: true },
  isFitted: false,
  greys: { grey: { choice: OWN, center: 40, width: 400, inverted: true }, colour: null },
};

/** As it comes back from the disk. */
const written = (place: Place): Place => JSON.parse(JSON.stringify(place)) as Place;

function placed(hanging: Hanging, ...changes: Change[]): [Room, Place] {
  const room = changes.reduce(changeRoom(hanging), firstRoom(hanging));
  return [room, written(placeOf(room, (cell) => (cell === 1 ? STANCE : null)))];
}

describe("the place in a case", () => {
  it("is found again: arrangement, viewport, tool, panels, what is linked", () => {
    const hanging = hung("a", "b", "c");
    const [room, place] = placed(
      hanging,
      { type: "activate", cell: 1 },
      { type: "tool", tool: "length" },
      { type: "linkScroll", to: "off" },
      { type: "link", what: "zoom" },
      { type: "toggle", what: "reportOpen" },
      { type: "toggle", what: "textHidden" },
    );
    expect(roomAt(hanging, place, REQUESTED)).toEqual(room);
  });

  it("is found again in an arrangement of the reader's own", () => {
    const hanging = hung("a", "b", "c");
    const [room, place] = placed(
      hanging,
      { type: "grid", rows: 2, columns: 2 },
      { type: "activate", cell: 0 },
      { type: "put", stack: hanging.stacks[2] ?? stack("c") },
    );
    const again = roomAt(hanging, place, REQUESTED);
    expect(again.arrangement).toEqual(room.arrangement);
    expect(again.arrangement.cells.map((cell) => cell.stack?.id ?? null)).toEqual(["c", "b", "c", null]);
  });

  it("is found again in the stack: image, zoom, turn and window", () => {
    const hanging = hung("a", "b");
    const [, place] = placed(hanging);
    const stances = stancesAt(hanging, place);
    expect([...stances.keys()]).toEqual([1]);
    expect(stances.get(1)).toEqual({ stack: hanging.stacks[1], stance: STANCE });
    // The image's own table is the image's own, not a copy.
    expect(stances.get(1)?.stance.greys.grey?.choice).toBe(OWN);
  });

  it("begins anew where the case has other images now", () => {
    const [, place] = placed(hung("a", "b"), { type: "step", by: 1 });
    const other = hung("x", "b");
    expect(roomAt(other, place, REQUESTED)).toEqual(firstRoom(other));
    const [, before] = placed(hung("a", "b"));
    const more = hung("a", "b", "c");
    expect(roomAt(more, before, REQUESTED)).toEqual(firstRoom(more));
    const fewer = hung("a");
    expect(stancesAt(fewer, before).size).toBe(0);
  });

  it("is nobody's where nothing was written down", () => {
    const hanging = hung("a");
    expect(roomAt(hanging, null, { requested: true })).toEqual(firstRoom(hanging, { requested: true }));
    expect(stancesAt(hanging, null).size).toBe(0);
  });
});
