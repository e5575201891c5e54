import { describe, expect, it } from "vitest";
import { newEntry, type Entry } from "./entry";
import { FrameBytes } from "./fetchFrame";
import { madeFrame } from "./madeFrames";
import { bringsAllSoon, nextTransfer, toStop } from "./transfers";

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

const ranksOf = (entries: readonly Entry[], inOneStep = false, rate: number | null = null): [number, number][] =>
  nextTransfer(entries, inOneStep, rate).map(({ entry, until }) => [entry.rank, until]);

describe("what is asked for next", () => {
  it("is what is looked at, whole, with what is wanted next, coarse, as far as the line carries it soon", () => {
    const entries = [slice(500_000), slice(0), slice(200_001), slice(200_002)];
    expect(ranksOf(entries, false, 100_000)).toEqual([[0, 228_000]]);
    expect(ranksOf(entries, false, 4_000_000)).toEqual([
      [0, 228_000],
      [200_001, 18_600],
      [200_002, 18_600],
      [500_000, 18_600],
    ]);
  });

  it("brings every frame coarse before it completes any that nobody looks at", () => {
    const entries = [slice(100_002, 18_600), slice(400_000)];
    expect(ranksOf(entries)[0]).toEqual([400_000, 18_600]);
    expect(ranksOf([slice(100_002, 18_600), slice(100_004, 18_600)])[0]).toEqual([100_002, 228_000]);
  });

  it("brings frames whole at once where the line is fast", () => {
    expect(bringsAllSoon(340_000_000, 100_000_000)).toBe(true);
    expect(bringsAllSoon(340_000_000, 12_000_000)).toBe(false);
    expect(bringsAllSoon(340_000_000, null)).toBe(false);
    expect(ranksOf([slice(400_000)], true)).toEqual([[400_000, 228_000]]);
  });

  it("asks for a large part, and for what the hub gave only alone, by itself", () => {
    const large = newEntry(madeFrame({ length: 5_000_000, resolutionEnds: [] }));
    large.rank = 0;
    expect(nextTransfer([large, slice(100_000)], false, 1e9)).toHaveLength(1);
    const lone = slice(1);
    lone.alone = true;
    expect(nextTransfer([lone, slice(100_000)], false, 1e9)).toHaveLength(1);
  });

  it("is nothing where all is here or under way", () => {
    const coming = slice(0);
    coming.fetching = new AbortController();
    expect(nextTransfer([coming], false, null)).toEqual([]);
  });

  it("stops the least wanted transfers for what is looked at, and none that brings some of that", () => {
    const [prefetch, other, mixed] = [new AbortController(), new AbortController(), new AbortController()];
    const under = (rank: number, fetching: AbortController): Entry => Object.assign(slice(rank), { fetching });
    const entries = [under(400_000, prefetch), under(300_000, other), under(500_000, mixed), under(0, mixed), slice(1)];
    expect(toStop(entries, 0)).toEqual([prefetch]);
    expect(toStop(entries, 1)).toEqual([]);
    expect(toStop([...entries, slice(2), slice(3)], 0)).toEqual([prefetch, other]);
  });
});
