import { describe, expect, it } from "vitest";
import type { Hanging } from "@/hanging/hang";
import { AS_IT_IS, type Stack, type Step } from "@/hanging/plan";
import { madeDocument } from "@/images/madeDocument";
import { madeFrame } from "@/images/madeFrames";
import { changeRoom, firstRoom, type Change, type Room } from "./room";

const stack = (id: string): Stack => ({
  id,
  frames: [madeFrame()],
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

const stacks = ["a", "b", "c", "d"].map(stack);
const step = (name: Step["name"], ...ids: number[]): Step => ({
  name,
  rows: 1,
  columns: ids.length,
  cells: ids.map((index) => ({ stack: stacks[index] ?? null, placement: AS_IT_IS })),
});
const hanging: Hanging = { stacks, steps: [step("overview", 0, 1, 2, 3), step("mlo", 0, 1)] };

const after = (...changes: Change[]): Room => changes.reduce(changeRoom(hanging), firstRoom(hanging));
const shown = (room: Room): (string | undefined)[] => room.arrangement.cells.map((cell) => cell.stack?.id);

describe("the reading room", () => {
  it("steps through its arrangements and round again", () => {
    expect(shown(after())).toEqual(["a", "b", "c", "d"]);
    expect(shown(after({ type: "step", by: 1 }))).toEqual(["a", "b"]);
    expect(after({ type: "step", by: 1 }, { type: "step", by: 1 }).step).toBe(0);
    expect(after({ type: "step", by: -1 }).step).toBe(1);
  });

  it("puts a stack into the active viewport, and finds back to the arrangement", () => {
    const own = after({ type: "activate", cell: 1 }, { type: "put", stack: stacks[3] ?? stack("x") });
    expect(shown(own)).toEqual(["a", "d", "c", "d"]);
    expect(own.own).toBe(true);
    expect(shown(changeRoom(hanging)(own, { type: "step", by: -1 }))).toEqual(["a", "b", "c", "d"]);
  });

  it("leaves a viewport as it is whose own stack is put into it", () => {
    const room = after({ type: "activate", cell: 1 });
    expect(changeRoom(hanging)(room, { type: "put", stack: stacks[1] ?? stack("x") })).toBe(room);
  });

  it("enlarges one viewport and gives the room back", () => {
    const large = after({ type: "enlarge", cell: 2 });
    expect(large).toMatchObject({ enlarged: 2, active: 2 });
    expect(changeRoom(hanging)(large, { type: "enlarge", cell: 2 }).enlarged).toBeNull();
  });

  it("keeps the active viewport inside a smaller grid", () => {
    expect(after({ type: "activate", cell: 3 }, { type: "grid", rows: 1, columns: 2 }).active).toBe(1);
  });

  it("stops the cine when the reader goes elsewhere", () => {
    expect(after({ type: "cine", on: true }, { type: "nextViewport", by: 1 }).cine).toBe(false);
    expect(after({ type: "cine", on: true }, { type: "step", by: 1 }).cine).toBe(false);
  });

  it("keeps a document beside the images until it is closed, whatever hangs", () => {
    const document = madeDocument();
    const open = after({ type: "document", document }, { type: "step", by: 1 });
    expect(open.document).toBe(document);
    expect(changeRoom(hanging)(open, { type: "document", document: null }).document).toBeNull();
  });

  it("opens the report to be written in, and forgets the wish when it is folded away", () => {
    const writing = after({ type: "write" }, { type: "write" });
    expect(writing).toMatchObject({ reportOpen: true, writing: 2 });
    const folded = changeRoom(hanging)(writing, { type: "toggle", what: "reportOpen" });
    expect(folded).toMatchObject({ reportOpen: false, writing: 0 });
  });
});
