import { describe, expect, it } from "vitest";
import { lacksOfFirstStep, newEntry, type Entry } from "./entry";
import { FrameBytes } from "./fetchFrame";
import { madeFrame } from "./madeFrames";
import { fillsLine, isLong, nextTransfer, paceOf, toStop } from "./transfers";

const ENDS = [900, 2_000, 6_900, 18_600, 62_000, 228_000];

function slice(rank: number, received = 0): Entry {
  const entry = newEntry(madeFrame({ length: 228_000, resolutionEnds: ENDS }));
  entry.rank = rank;
  if (received > 0) {
    entry.bytes = new FrameBytes(228_000);
    entry.bytes.received = received;
  }
  return entry;
}

const SLOW = { inOneStep: false, coarseSoon: false };
const VIEW_ENDS = [40_000, 130_000, 450_000, 1_500_000, 5_000_000];
const FIRST_VIEW = 130_000;

/** A mammogram: 3328 × 2560, with its first picture of 416 pixels. */
function view(rank: number, received = 0): Entry {
  const entry = newEntry(
    madeFrame({ length: 5_000_000, resolutionEnds: VIEW_ENDS, pixel: { rows: 3328, columns: 2560 } }),
  );
  entry.rank = rank;
  entry.bytes = new FrameBytes(5_000_000);
  entry.bytes.received = received;
  return entry;
}

const ranksOf = (entries: readonly Entry[], pace = SLOW, rate: number | null = null): [number, number][] =>
  nextTransfer(entries, pace, rate).map(({ entry, until }) => [entry.rank, until]);

describe("what is asked for next", () => {
  it("is what is looked at, with what is wanted next, coarse, as far as the line carries it soon", () => {
    const entries = [slice(500_000), slice(0), slice(200_001), slice(200_002)];
    expect(ranksOf(entries, SLOW, 50_000)).toEqual([
      [0, 18_600],
      [200_001, 18_600],
      [200_002, 18_600],
    ]);
    expect(ranksOf(entries, SLOW, 4_000_000)).toEqual([
      [0, 18_600],
      [200_001, 18_600],
      [200_002, 18_600],
      [500_000, 18_600],
    ]);
  });

  it("completes what is looked at before others have a first picture", () => {
    const entries = [slice(500_000), slice(1, 18_600), slice(0, 18_600)];
    expect(ranksOf(entries, SLOW, 4_000_000)).toEqual([
      [0, 228_000],
      [1, 228_000],
      [500_000, 18_600],
    ]);
    expect(ranksOf(entries, SLOW, 100_000)).toEqual([[0, 228_000]]);
  });

  it("brings every frame coarse before it completes any that nobody looks at", () => {
    const entries = [slice(100_002, 18_600), slice(400_000)];
    expect(ranksOf(entries)[0]).toEqual([400_000, 18_600]);
    expect(ranksOf([slice(100_002, 18_600), slice(100_004, 18_600)])[0]).toEqual([100_002, 228_000]);
  });

  it("brings frames whole at once where the line is fast", () => {
    const fast = paceOf(340_000_000, 30_000_000, 100_000_000);
    expect(fast).toEqual({ inOneStep: true, coarseSoon: true });
    expect(paceOf(340_000_000, 30_000_000, 12_000_000)).toEqual(SLOW);
    expect(paceOf(340_000_000, 30_000_000, null)).toEqual(SLOW);
    expect(ranksOf([slice(400_000)], fast)).toEqual([[400_000, 228_000]]);
  });

  it("asks for a large part, and for what the hub gave only alone, by itself", () => {
    const large = newEntry(madeFrame({ length: 5_000_000, resolutionEnds: [] }));
    large.rank = 0;
    expect(nextTransfer([large, slice(100_000)], SLOW, 1e9)).toHaveLength(1);
    const lone = slice(1);
    lone.alone = true;
    expect(nextTransfer([lone, slice(100_000)], SLOW, 1e9)).toHaveLength(1);
  });

  it("is what the hub gave only alone behind all else that is looked at, unless it is looked at itself", () => {
    const lone = (rank: number): Entry => Object.assign(slice(rank), { alone: true });
    const soon = { inOneStep: false, coarseSoon: true };
    expect(ranksOf([lone(100_002), view(0, FIRST_VIEW)], soon)).toEqual([[0, 5_000_000]]);
    expect(ranksOf([lone(100_002), slice(400_000)])[0]).toEqual([400_000, 18_600]);
    expect(ranksOf([lone(1), view(0, FIRST_VIEW)], soon)).toEqual([[1, 18_600]]);
    expect([slice(100_002), lone(100_002)].map(lacksOfFirstStep)).toEqual([18_600, 0]);
  });

  it("brings a first picture of each large frame that is looked at before it completes one", () => {
    const rest = view(400_000);
    expect(ranksOf([view(1), rest, view(0)], SLOW, 4_000_000).slice(0, 2)).toEqual([
      [0, FIRST_VIEW],
      [1, FIRST_VIEW],
    ]);
    const begun = [rest, view(1, FIRST_VIEW), view(0, FIRST_VIEW)];
    expect(ranksOf(begun)).toEqual([[0, 5_000_000]]);
    expect(ranksOf(begun, { inOneStep: false, coarseSoon: true })[0]).toEqual([400_000, FIRST_VIEW]);
  });

  it("holds the rest of a large frame back while others fill the line", () => {
    const [first, rest] = [view(0), view(0, FIRST_VIEW)];
    expect(isLong(nextTransfer([first], SLOW, null))).toBe(false);
    expect(isLong(nextTransfer([rest], SLOW, null))).toBe(true);
    expect(isLong(nextTransfer([Object.assign(slice(0), { alone: true })], SLOW, null))).toBe(false);
    expect([600_000, 700_000].map((bytes) => fillsLine(bytes, 1_250_000))).toEqual([false, true]);
  });

  it("is nothing where all is here or under way", () => {
    const coming = slice(0);
    coming.fetching = new AbortController();
    expect(nextTransfer([coming], SLOW, null)).toEqual([]);
  });

  it("stops the least wanted transfers for what is looked at, and none that brings some of that", () => {
    const [prefetch, other, mixed] = [new AbortController(), new AbortController(), new AbortController()];
    const under = (rank: number, fetching: AbortController): Entry => Object.assign(slice(rank), { fetching });
    const entries = [under(400_000, prefetch), under(300_000, other), under(500_000, mixed), under(0, mixed), slice(1)];
    expect(toStop(entries, 0)).toEqual([prefetch]);
    expect(toStop(entries, 1)).toEqual([]);
    expect(toStop([...entries, slice(2), slice(3)], 0)).toEqual([prefetch, other]);
  });

  it("stops what takes the line for long wherever something is looked at that is not here", () => {
    const behind = view(400_000, FIRST_VIEW);
    behind.fetching = new AbortController();
    expect(toStop([behind, view(0)], 5)).toEqual([behind.fetching]);
    const coarse = view(400_000);
    coarse.fetching = new AbortController();
    expect(toStop([coarse, view(0)], 5)).toEqual([]);
    expect(toStop([behind], 5)).toEqual([]);
  });
});
