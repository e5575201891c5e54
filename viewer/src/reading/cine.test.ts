import { describe, expect, it } from "vitest";
import { madeFrame } from "@/images/madeFrames";
import { Cine, keepsUp, type CineView, type Pace } from "./cine";

/** A stack that needs `drawing` milliseconds for each image. */
function play(times: readonly (number | null)[], { drawing = 0, beat = 1000 / 60, milliseconds = 4000 } = {}) {
  const frames = times.map((frameTime) => madeFrame({ frameTime }));
  const seen: { index: number; at: number }[] = [{ index: 0, at: 0 }];
  let [index, drawnAt, clock] = [0, 0, 0];
  const view: CineView = {
    get state() {
      const frame = frames[index];
      if (frame === undefined) throw new Error("no such frame");
      return { frame, drawn: clock >= drawnAt };
    },
    scrollBy: (steps) => {
      index = (index + steps) % frames.length;
      drawnAt = clock + drawing;
      seen.push({ index, at: clock });
    },
  };
  const cine = new Cine();
  let pace: Pace | null = null;
  for (; clock < milliseconds; clock += beat) {
    cine.tick(clock, view);
    pace = cine.pace(clock);
  }
  return { seen, pace };
}

const inTurn = (seen: readonly { index: number }[], count: number): boolean =>
  seen.every(({ index }, at) => index === at % count);

describe("a cine", () => {
  it("goes at the images' own pace on a display whose beat is another", () => {
    const { seen, pace } = play([40, 40, 40]);
    expect(seen.length).toBeGreaterThanOrEqual(99);
    expect(pace?.wanted).toBeCloseTo(25);
    expect(pace?.reached).toBeCloseTo(25, 0);
    expect(pace !== null && keepsUp(pace)).toBe(true);
  });

  it("gives each frame the time that it has for itself", () => {
    const { seen } = play([50, 200, 50], { beat: 1, milliseconds: 610 });
    expect(seen.map(({ at }) => at)).toEqual([0, 50, 250, 300, 350, 550, 600]);
  });

  it("that cannot keep up leaves no image out, and says the pace that it reaches", () => {
    const { seen, pace } = play([20, 20, 20, 20], { drawing: 95, beat: 5 });
    expect(inTurn(seen, 4)).toBe(true);
    expect(pace?.wanted).toBeCloseTo(50);
    expect(pace?.reached).toBeCloseTo(10.5, 0);
    expect(pace !== null && keepsUp(pace)).toBe(false);
  });

  it("that waits for an image is slower the longer it waits", () => {
    const { seen, pace } = play([20, 20], { drawing: 100_000 });
    expect(seen).toHaveLength(2);
    expect(pace?.reached).toBeLessThan(1);
  });

  it("says so where the pace is not the object's", () => {
    expect(play([null, null]).pace).toMatchObject({ wanted: 10, assumed: true });
    expect(play([100, 100]).pace).toMatchObject({ assumed: false });
  });
});
