import { describe, expect, it } from "vitest";
import { madeFrame } from "@/images/madeFrames";
import { displaySpacing } from "@/images/displaySpacing";
import { calibration } from "./calibration";
import { angle, ellipseStatistics, length } from "./measurement";

const mammogram = (geometry: NonNullable<Parameters<typeof madeFrame>[0]>["geometry"]): ReturnType<typeof madeFrame> =>
  madeFrame({ instance: { modality: "MG" }, ...(geometry ? { geometry } : {}) });

describe("the calibration of a measurement", () => {
  it("of CT and MR is Pixel Spacing, in the patient", () => {
    const frame = madeFrame({ geometry: { pixelSpacing: [0.5, 0.7] } });
    expect(calibration(frame, [])).toEqual({ kind: "patient", spacing: [0.5, 0.7], magnification: null });
  });

  it("of a mammogram is the detector's, divided by the magnification where there is one", () => {
    expect(calibration(mammogram({ imagerPixelSpacing: [0.07, 0.07] }), [])).toMatchObject({
      kind: "detector",
      spacing: [0.07, 0.07],
    });
    expect(calibration(mammogram({ imagerPixelSpacing: [0.1, 0.1], magnification: 2 }), [])).toMatchObject({
      kind: "magnified",
      spacing: [0.05, 0.05],
      magnification: 2,
    });
    expect(calibration(mammogram({ imagerPixelSpacing: [0.07, 0.07], magnification: 1 }), []).kind).toBe("detector");
  });

  it("of a projection says how its Pixel Spacing was calibrated", () => {
    const both = { imagerPixelSpacing: [0.1, 0.1], pixelSpacing: [0.09, 0.09] } as const;
    expect(calibration(mammogram({ ...both, pixelSpacingCalibrationType: "FIDUCIAL" }), []).kind).toBe("fiducial");
    expect(calibration(mammogram({ ...both, pixelSpacingCalibrationType: "GEOMETRY" }), []).kind).toBe("geometry");
    expect(calibration(mammogram(both), []).kind).toBe("unstated");
    expect(calibration(mammogram({ ...both, pixelSpacing: [0.1, 0.1] }), []).kind).toBe("detector");
  });

  it("of ultrasound is that of the region in which all points lie, in centimetres", () => {
    const region = { minX: 10, minY: 10, maxX: 200, maxY: 200, unitsX: 3, unitsY: 3, deltaX: 0.01, deltaY: 0.02 };
    const frame = madeFrame({ instance: { modality: "US" }, geometry: { regions: [region] } });
    expect(
      calibration(frame, [
        [20, 20],
        [100, 100],
      ]),
    ).toMatchObject({ kind: "region", spacing: [0.2, 0.1] });
    expect(
      calibration(frame, [
        [20, 20],
        [300, 100],
      ]),
    ).toMatchObject({ kind: "none", spacing: null });
    const doppler = madeFrame({ geometry: { regions: [{ ...region, unitsX: 4, unitsY: 7 }] } });
    expect(calibration(doppler, [[20, 20]]).kind).toBe("none");
  });

  it("is none where nothing is said: pixels are counted", () => {
    expect(length(madeFrame({ instance: { modality: "OT" } }), [0, 0], [3, 4])).toMatchObject({ value: 5, unit: "px" });
  });
});

describe("measuring", () => {
  const frame = madeFrame({ geometry: { pixelSpacing: [2, 0.5] }, pixel: { rows: 40, columns: 40 } });

  it("takes each direction's own spacing", () => {
    expect(length(frame, [0, 0], [8, 0])).toMatchObject({ value: 4, unit: "mm" });
    expect(length(frame, [0, 0], [0, 8]).value).toBe(16);
    expect(angle(frame, [4, 0], [0, 0], [4, 1])).toBeCloseTo(45, 6);
    expect(angle(frame, [0, 5], [0, 0], [5, 0])).toBeCloseTo(90, 6);
  });

  it("gives mean, deviation and range in modality values over the pixels whose middle is inside", () => {
    const cells = Uint16Array.from({ length: 1600 }, (_, index) => index % 40);
    const scaled = { ...frame, modality: { slope: 2, intercept: -10, unit: "HU", table: null } };
    const found = ellipseStatistics(scaled, cells, { center: [20, 20], a: [3, 0], b: [0, 2] });
    expect(found).toMatchObject({ mean: 30, minimum: 24, maximum: 36, unit: "HU", areaUnit: "mm²" });
    expect(found?.pixels).toBe(7 + 2 * 5 + 2);
    expect(found?.area).toBeCloseTo(Math.PI * 6, 6);
  });

  it("leaves the padding out, and what lies outside the image", () => {
    const cells = new Uint16Array(1600).fill(7);
    cells.fill(0, 0, 800);
    const padded = { ...frame, pixel: { ...frame.pixel, padding: { low: 0, high: 0 } } };
    const found = ellipseStatistics(padded, cells, { center: [0, 20], a: [5, 0], b: [0, 5] });
    expect(found).toMatchObject({ mean: 7, minimum: 7, deviation: 0 });
  });
});

describe("the spacing at which a frame is drawn", () => {
  it("makes round what is round, whatever the object gives", () => {
    expect(displaySpacing(madeFrame())).toEqual([1, 1]);
    expect(displaySpacing(madeFrame({ geometry: { pixelAspectRatio: [1, 2] } }))).toEqual([1, 2]);
    expect(displaySpacing(mammogram({ imagerPixelSpacing: [0.1, 0.1], magnification: 2 }))).toEqual([0.05, 0.05]);
  });
});
