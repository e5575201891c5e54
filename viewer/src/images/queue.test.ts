import { describe, expect, it } from "vitest";
import { madeFrame } from "./madeFrames";
import { firstStep, isVisible, previewsOf, ranks, type Focus } from "./queue";

const stack = Array.from({ length: 60 }, () => madeFrame());
const other = Array.from({ length: 60 }, () => madeFrame());
const rest = Array.from({ length: 5 }, () => madeFrame());
const all = [...stack, ...other, ...rest];

const at = (
  frames: Focus["frames"],
  index: number,
  kind: Focus["kind"] = "active",
  direction: Focus["direction"] = 0,
): Focus => ({
  frames,
  index,
  kind,
  direction,
});

function inOrder(focuses: readonly Focus[]): string[] {
  return [...ranks(all, focuses)].sort((a, b) => a[1] - b[1]).map(([imageId]) => imageId);
}

describe("the order of fetching", () => {
  it("is the given one where nobody looks", () => {
    expect(inOrder([])).toEqual(all.map((frame) => frame.imageId));
  });

  it("begins with what is on the screen, the active viewport first", () => {
    const order = inOrder([at(other, 3, "shown"), at(stack, 30)]);
    expect(order.slice(0, 2)).toEqual([stack[30]?.imageId, other[3]?.imageId]);
  });

  it("goes on to both sides, and farther where the scroll is heading", () => {
    const order = inOrder([at(stack, 30, "active", 1)]);
    const place = (index: number): number => order.indexOf(stack[index]?.imageId ?? "");
    expect(place(31)).toBe(1);
    expect(place(32)).toBeLessThan(place(29));
    expect(place(29)).toBeLessThan(place(36));
  });

  it("brings the whole stack of the active viewport before the other's, and names every frame once", () => {
    const order = inOrder([at(stack, 0), at(other, 0, "shown")]);
    expect(order.indexOf(stack[59]?.imageId ?? "")).toBeLessThan(order.indexOf(other[40]?.imageId ?? ""));
    expect(new Set(order).size).toBe(all.length);
    expect(order.slice(-5)).toEqual(rest.map((frame) => frame.imageId));
  });

  it("brings a thumbnail soon, but after what is looked at", () => {
    const focuses = [at(stack, 30), at([rest[2] ?? madeFrame()], 0, "thumbnail")];
    const order = inOrder(focuses);
    expect(order.indexOf(rest[2]?.imageId ?? "")).toBeLessThan(20);
    expect(isVisible(ranks(all, focuses).get(rest[2]?.imageId ?? "") ?? 0)).toBe(false);
  });
});

describe("previews", () => {
  const mammogram = madeFrame({
    length: 4_000_000,
    resolutionEnds: [1_000, 5_000, 20_000, 90_000, 315_000, 1_100_000, 4_000_000],
    pixel: { rows: 4096, columns: 3328 },
  });

  it("are the prefixes that are worth looking at, coarse first", () => {
    expect(previewsOf(mammogram)).toEqual([
      { reduction: 3, bytes: 90_000 },
      { reduction: 2, bytes: 315_000 },
      { reduction: 1, bytes: 1_100_000 },
    ]);
    expect(firstStep(mammogram)).toBe(90_000);
  });

  it("are a quarter in size of frames that are smaller, unless the line brings them whole soon", () => {
    const slice = madeFrame({ length: 228_000, resolutionEnds: [900, 2_000, 6_900, 18_600, 62_000, 228_000] });
    expect(previewsOf(slice)).toEqual([{ reduction: 2, bytes: 18_600 }]);
    expect(firstStep(slice)).toBe(18_600);
    expect(firstStep(slice, true)).toBe(228_000);
    expect(firstStep(mammogram, true)).toBe(90_000);
  });

  it("are not made where they save little, nor of frames without resolutions", () => {
    expect(previewsOf(madeFrame({ length: 200_000, resolutionEnds: [100, 200_000] }))).toEqual([]);
    expect(previewsOf(madeFrame({ length: 30_000, resolutionEnds: [900, 2_000, 6_900, 30_000] }))).toEqual([]);
    expect(previewsOf(madeFrame({ length: 4_000_000 }))).toEqual([]);
    expect(firstStep(madeFrame({ length: 200_000 }))).toBe(200_000);
  });
});
