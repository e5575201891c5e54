import { describe, expect, it } from "vitest";
import { madeFrame } from "@/images/madeFrames";
import { lettersOf, marks } from "./orientation";
import { flippedOver, rotated, screenAxes, type View } from "./view";

const upright: View = { center: [0.5, 0.5], scale: 1, turns: 0, flipped: false };

const axial = madeFrame({ geometry: { orientation: { row: [1, 0, 0], column: [0, 1, 0] } } }).geometry;
const oblique = madeFrame({ geometry: { orientation: { row: [0, 0.8, 0.6], column: [0, 0.6, -0.8] } } }).geometry;
const mammogram = madeFrame({ geometry: { patientOrientation: ["P", "FL"] } }).geometry;

function marksOf(geometry: typeof axial, view: View): string {
  const { right, down } = screenAxes(view);
  const { left, right: r, top, bottom } = marks(geometry, right, down);
  return [top, r, bottom, left].join(" ");
}

describe("orientation marks", () => {
  it("of an axial slice: the patient's right on the reader's left", () => {
    expect(marksOf(axial, upright)).toBe("A L P R");
  });

  it("stay true when the picture is turned", () => {
    expect(marksOf(axial, rotated(upright, 1))).toBe("R A L P");
    expect(marksOf(axial, rotated(rotated(upright, 1), 1))).toBe("P R A L");
    expect(marksOf(axial, rotated(upright, -1))).toBe("L P R A");
  });

  it("stay true when the picture is mirrored, and turned after that", () => {
    expect(marksOf(axial, flippedOver(upright))).toBe("A R P L");
    expect(marksOf(axial, rotated(flippedOver(upright), 1))).toBe("L A R P");
    expect(marksOf(axial, flippedOver(rotated(upright, 1)))).toBe("R P L A");
  });

  it("name two axes of an oblique plane, the stronger first", () => {
    expect(marksOf(oblique, upright)).toBe("HA PH FP AF");
    expect(lettersOf([0.999, 0.03, 0])).toBe("L");
  });

  it("of a mammogram come from Patient Orientation (MAMMO-08)", () => {
    expect(marksOf(mammogram, upright)).toBe("HR P FL A");
    expect(marksOf(mammogram, flippedOver(upright))).toBe("HR A FL P");
    expect(marksOf(mammogram, rotated(rotated(upright, 1), 1))).toBe("FL A HR P");
  });

  it("are none where the object says nothing", () => {
    expect(marksOf(madeFrame().geometry, upright)).toBe("   ");
  });
});
