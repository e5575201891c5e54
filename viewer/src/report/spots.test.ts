import { describe, expect, it } from "vitest";
import type { Finding } from "@/api/types";
import { madeForm } from "./madeForm";
import { CENTERS, spotsOf } from "./spots";

const finding = (number: number, side: Finding["side"], place: Record<string, string>): Finding => ({
  number,
  side,
  place,
  kind: "mass",
  size_mm: [],
  distance_mm: null,
  descriptors: {},
  comparison: "",
  category: "",
  note: "",
  images: [],
});

describe("the diagram", () => {
  const form = madeForm();

  it("faces the patient: outer is away from the middle on both sides", () => {
    const spots = spotsOf(form, [
      finding(1, "right", { cc: "O", mlo: "U" }),
      finding(2, "left", { cc: "O", mlo: "L" }),
    ]);
    const [right, left] = spots;
    expect(right && right.x < CENTERS.right[0] && right.y < CENTERS.right[1]).toBe(true);
    expect(left && left.x > CENTERS.left[0] && left.y > CENTERS.left[1]).toBe(true);
  });

  it("has the clock as one sees it, on both breasts", () => {
    const spots = spotsOf(form, [finding(1, "right", { clock: "3" }), finding(2, "left", { clock: "12" })]);
    expect(spots[0]?.x).toBeGreaterThan(CENTERS.right[0]);
    expect(spots[1]?.y).toBeLessThan(CENTERS.left[1]);
  });

  it("draws nothing where nobody said", () => {
    expect(spotsOf(form, [finding(1, "right", {}), finding(2, "right", { depth: "middle" })])).toEqual([]);
  });

  it("keeps neighbours apart, and each in its sector", () => {
    const same = [1, 2, 3, 4].map((number) => finding(number, "left", { mlo: "U", cc: "O" }));
    const spots = spotsOf(form, same);
    expect(new Set(spots.map(({ x, y }) => `${x} ${y}`)).size).toBe(4);
    expect(spots.every(({ x, y }) => x > CENTERS.left[0] && y < CENTERS.left[1])).toBe(true);
  });
});
