import { describe, expect, it } from "vitest";
import { readyIn, remember, type Seen } from "./arrival";

const seen = (...points: readonly (readonly [number, number])[]): Seen[] =>
  points.reduce<Seen[]>((history, [at, arrived]) => remember(history, { at, arrived }), []);

describe("when a study will be here", () => {
  it("is told from how fast it came", () => {
    expect(readyIn(seen([0, 0], [10_000, 500]), 1500)).toBe(20_000);
  });

  it("forgets what is older than a minute", () => {
    expect(readyIn(seen([0, 0], [60_000, 60], [120_000, 660]), 1260)).toBe(60_000);
  });

  it("is not told while nothing moves, nothing is declared or all is here", () => {
    expect(readyIn(seen([0, 10], [10_000, 10]), 1500)).toBeNull();
    expect(readyIn(seen([0, 10]), 1500)).toBeNull();
    expect(readyIn(seen([0, 0], [10_000, 4]), null)).toBeNull();
    expect(readyIn(seen([0, 0], [10_000, 4]), 4)).toBeNull();
  });

  it("begins again where the count went back", () => {
    expect(seen([0, 100], [1000, 3])).toEqual([{ at: 1000, arrived: 3 }]);
  });
});
