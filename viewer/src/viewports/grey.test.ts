import { describe, expect, it } from "vitest";
import type { LookUpTable, ModalityTransform, PixelDescription, VoiChoice, VoiFunction } from "@/images/frame";
import { madeFrame } from "@/images/madeFrames";
import { fullRange, greyCurve, greyTable, isFullRange, stateOf, toModality, windowed, type GreyTable } from "./grey";

const { pixel: PIXEL } = madeFrame();
const IDENTITY: ModalityTransform = { slope: 1, intercept: 0, unit: "", table: null };

const window = (center: number, width: number, fn: VoiFunction = "LINEAR"): VoiChoice => ({
  kind: "window",
  center,
  width,
  function: fn,
  explanation: "",
});

/** What a GPU makes of the table at a stored value: linear between the middles of two entries. */
function looked({ from, to, greys }: GreyTable, stored: number): number {
  const at = ((stored - from) / (to - from)) * greys.length - 0.5;
  const low = Math.min(Math.max(Math.floor(at), 0), greys.length - 1);
  const high = Math.min(Math.max(Math.floor(at) + 1, 0), greys.length - 1);
  return (greys[low] ?? 0) + ((greys[high] ?? 0) - (greys[low] ?? 0)) * (at - Math.floor(at));
}

describe("a window (PS3.3 C.11.2.1)", () => {
  it("follows the standard's own pseudo-code for LINEAR", () => {
    // c = 2048, w = 4096: 0 is black, 4095 is white, and the steps between are even.
    expect(windowed(0, 2048, 4096, "LINEAR")).toBeCloseTo(0, 6);
    expect(windowed(4095, 2048, 4096, "LINEAR")).toBeCloseTo(1, 6);
    expect(windowed(2047.5, 2048, 4096, "LINEAR")).toBeCloseTo(0.5, 6);
    // c = 0, w = 1: nothing but black and white.
    expect(windowed(-1, 0, 1, "LINEAR")).toBe(0);
    expect(windowed(0, 0, 1, "LINEAR")).toBe(1);
  });

  it("is another for LINEAR_EXACT", () => {
    expect(windowed(0, 2048, 4096, "LINEAR_EXACT")).toBe(0);
    expect(windowed(2048, 2048, 4096, "LINEAR_EXACT")).toBe(0.5);
    expect(windowed(4096, 2048, 4096, "LINEAR_EXACT")).toBe(1);
    expect(windowed(5000, 2048, 4096, "LINEAR_EXACT")).toBe(1);
  });

  it("is a curve without ends for SIGMOID", () => {
    expect(windowed(2048, 2048, 1000, "SIGMOID")).toBe(0.5);
    expect(windowed(2548, 2048, 1000, "SIGMOID")).toBeCloseTo(1 / (1 + Math.exp(-2)), 9);
  });
});

const table: LookUpTable = {
  firstValueMapped: 100,
  bits: 12,
  values: Array.from({ length: 512 }, (_, index) => Math.round(4095 * Math.sqrt(index / 511))),
  explanation: "NORMAL",
};

const signed: PixelDescription = { ...PIXEL, signed: true, bitsStored: 16 };
const hounsfield: ModalityTransform = { slope: 1, intercept: -1024, unit: "HU", table: null };
const counts: ModalityTransform = { slope: 0.731, intercept: 3.2, unit: "BQML", table: null };

describe("the table that the renderer gets", () => {
  const choices: readonly [string, VoiChoice, ModalityTransform, PixelDescription][] = [
    ["LINEAR", window(2000, 2600), IDENTITY, PIXEL],
    ["LINEAR, one wide", window(300, 1), IDENTITY, PIXEL],
    ["LINEAR, narrow", window(300.5, 7), IDENTITY, PIXEL],
    ["LINEAR over 16 bits", window(0, 65536), IDENTITY, signed],
    ["LINEAR_EXACT", window(2000, 2600, "LINEAR_EXACT"), IDENTITY, PIXEL],
    ["SIGMOID", window(2048, 1500, "SIGMOID"), IDENTITY, PIXEL],
    ["SIGMOID over signed values", window(40, 400, "SIGMOID"), hounsfield, signed],
    ["Hounsfield units", window(40, 400), hounsfield, PIXEL],
    ["a slope that is no integer", window(900, 1800), counts, PIXEL],
    ["a falling slope", window(-900, 1800), { ...IDENTITY, slope: -1 }, PIXEL],
    ["VOI LUT (MAMMO-01)", { kind: "table", table }, IDENTITY, PIXEL],
    ["VOI LUT behind a rescale", { kind: "table", table }, { ...IDENTITY, slope: 2, intercept: 10 }, PIXEL],
    ["VOI LUT behind a Modality LUT", { kind: "table", table }, { ...IDENTITY, table }, PIXEL],
    ["MONOCHROME1", window(2000, 2600), IDENTITY, { ...PIXEL, photometricInterpretation: "MONOCHROME1" }],
  ];

  it.each(choices)(
    "is within half a grey level of the formula at every stored value: %s",
    (_, choice, modality, pixel) => {
      const curve = greyCurve(stateOf(choice), modality, pixel);
      const made = greyTable(curve, 4096);
      const [least, most] = pixel.signed ? [-32_768, 32_767] : [0, 4095];
      let worst = 0;
      for (let stored = least; stored <= most; stored += 1) {
        worst = Math.max(worst, Math.abs(looked(made, stored) - curve.at(stored)) * 255);
      }
      expect(worst).toBeLessThan(0.5);
    },
  );

  it("is inverted when the reader asks, and back for MONOCHROME1", () => {
    const plain = greyCurve(stateOf(window(2000, 2600)), IDENTITY, PIXEL);
    const inverted = greyCurve(stateOf(window(2000, 2600), true), IDENTITY, PIXEL);
    const twice = greyCurve(stateOf(window(2000, 2600), true), IDENTITY, {
      ...PIXEL,
      photometricInterpretation: "MONOCHROME1",
    });
    expect(inverted.at(1500)).toBeCloseTo(1 - plain.at(1500), 9);
    expect(twice.at(1500)).toBeCloseTo(plain.at(1500), 9);
  });

  it.each([
    ["below", { low: 0, high: 0 }],
    ["above", { low: 4095, high: 4095 }],
  ])("keeps padding %s the tissue black, inverted or not (MAMMO-09)", (_, padding) => {
    for (const inverted of [false, true]) {
      const curve = greyCurve(stateOf(window(2000, 1000), inverted), IDENTITY, { ...PIXEL, padding });
      const made = greyTable(curve, 4096);
      expect(looked(made, padding.low)).toBeCloseTo(0, 9);
      expect(looked(made, 1000)).toBeCloseTo(inverted ? 1 : 0, 6);
    }
  });

  it("stretches a table where the reader widens it, around the middle where he laid it", () => {
    const state = stateOf({ kind: "table", table });
    const wide = greyCurve({ ...state, width: state.width * 2, center: state.center + 50 }, IDENTITY, PIXEL);
    const plain = greyCurve(state, IDENTITY, PIXEL);
    const offset = 64;
    expect(wide.at(state.center + 50 + offset * 2)).toBeCloseTo(plain.at(state.center + offset), 2);
  });
});

describe("where the object offers no window", () => {
  it("all values that occur are shown", () => {
    const choice = fullRange(100, 900, hounsfield);
    expect(choice).toMatchObject({ center: 500 - 1024, width: 800 });
  });
});

describe("modality values", () => {
  it("come by slope and intercept, or by the table, whose ends go on", () => {
    expect(toModality(100, hounsfield)).toBe(-924);
    expect(toModality(0, { ...IDENTITY, table })).toBe(table.values[0]);
    expect(toModality(9999, { ...IDENTITY, table })).toBe(4095);
  });
});

describe("a window that the image did not ask for", () => {
  const state = stateOf(fullRange(0, 4000, IDENTITY));

  it("is called so until the reader moves it", () => {
    expect(isFullRange(state, [])).toBe(true);
    expect(isFullRange({ ...state, width: 100 }, [])).toBe(false);
    expect(isFullRange(stateOf(window(40, 400)), [window(40, 400)])).toBe(false);
  });
});
