import { describe, expect, it } from "vitest";
import { AS_IT_IS, type Placement } from "@/hanging/plan";
import { madeStack, placeless } from "@/images/madeStacks";
import { sameLook, type Look, type Whole } from "./look";

const IDENTITY = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const first = (stack: ReturnType<typeof madeStack>, scale: number): Whole => {
  const [frame] = stack.frames;
  if (frame === undefined) throw new Error("no frame");
  return { frame, scale, placement: AS_IT_IS };
};

describe("linked zoom and pan", () => {
  // 100 mm from x = −0.5, and 200 mm from x = −51: the middle of the first pixel is half a pixel further in.
  const ct = first(madeStack({ count: 2, step: 1, size: 100, spacing: 1 }), 8);
  const pet = first(madeStack({ count: 2, step: 1, size: 50, spacing: 4, origin: [-48, -48, 0] }), 4);

  it("bring the same point of the patient into the middle, equally large", () => {
    const { center, scale } = sameLook({ center: [0.25, 0.75], scale: 20 }, ct, pet, IDENTITY);
    // x = 25 − 0.5 = 24.5 mm; the other begins at −50, and is 200 mm wide.
    expect(center[0]).toBeCloseTo((24.5 + 50) / 200);
    expect(center[1]).toBeCloseTo((74.5 + 50) / 200);
    expect(scale).toBe(20);
    const back = sameLook({ center, scale }, pet, ct, IDENTITY);
    expect(back.center[0]).toBeCloseTo(0.25);
    expect(back.center[1]).toBeCloseTo(0.75);
  });

  it("show the same part, as much larger than the whole, where there is no common place", () => {
    const look = { center: [0.3, 0.4], scale: 16 } as const;
    expect(sameLook(look, ct, pet, null)).toEqual({ center: [0.3, 0.4], scale: 8 });
    const [plain] = placeless(2).frames;
    if (plain === undefined) throw new Error("no frame");
    expect(
      sameLook(look, ct, { frame: plain, scale: 2, placement: { ...AS_IT_IS, justify: "right" } }, IDENTITY),
    ).toEqual({
      center: [0.3, 0.4],
      scale: 4,
    });
    const turned = first(madeStack({ count: 2, step: 1, row: [0, 1, 0], column: [-1, 0, 0] }), 8);
    expect(sameLook(look, ct, turned, IDENTITY)).toEqual({ center: [0.3, 0.4], scale: 16 });
  });

  it("show the mirror image of a breast that hangs chest wall to chest wall", () => {
    const [right, left] = [
      { ...ct, placement: { ...AS_IT_IS, justify: "right" } },
      { ...pet, placement: { ...AS_IT_IS, justify: "left" }, scale: 8 },
    ] as const;
    expect(sameLook({ center: [0.3, 0.4], scale: 16 }, right, left, null)).toEqual({ center: [0.7, 0.4], scale: 16 });
  });

  it("show the same part as both hang, however they came", () => {
    const hung = (justify: Placement["justify"], more: Partial<Placement>): Whole => ({
      ...ct,
      placement: { ...AS_IT_IS, justify, ...more },
    });
    const right = hung("right", {});
    const centerIn = (from: Whole, to: Whole): Look["center"] =>
      sameLook({ center: [0.25, 0.375], scale: 8 }, from, to, null).center;
    // The other breast, stored with its chest wall where this one has it, is flipped to hang.
    expect(centerIn(right, hung("left", { flipped: true }))).toEqual([0.25, 0.375]);
    expect(centerIn(right, hung("right", { flipped: true }))).toEqual([0.75, 0.375]);
    expect(centerIn(right, hung("right", { turns: 2 }))).toEqual([0.75, 0.625]);
    expect(centerIn(hung("right", { turns: 2, flipped: true }), right)).toEqual([0.25, 0.625]);
    expect(centerIn(hung("right", { turns: 2 }), hung("left", { turns: 2 }))).toEqual([0.75, 0.375]);
  });
});
