import { CENTIMETRES } from "@/images/displaySpacing";
import type { Frame, UltrasoundRegion } from "@/images/frame";

/** How far a pixel is in millimetres, and by whose word: never a length without saying which. Pure. */

export type CalibrationKind =
  /** CT, MR, PET and others: in the patient. */
  | "patient"
  /** Projection with a calibration that says how it was made (PS3.3 10.7.1.3). */
  | "geometry"
  | "fiducial"
  /** Projection whose Pixel Spacing does not say what it was calibrated to. */
  | "unstated"
  /** At the detector's front. */
  | "detector"
  /** At the detector's front, divided by the estimated radiographic magnification. */
  | "magnified"
  | "region"
  | "none";

export interface Calibration {
  readonly kind: CalibrationKind;
  /** Millimetres between rows and between columns; null where only pixels can be counted. */
  readonly spacing: readonly [rows: number, columns: number] | null;
  readonly magnification: number | null;
}

const NONE: Calibration = { kind: "none", spacing: null, magnification: null };
const PROJECTION = new Set(["MG", "CR", "DX", "RF", "XA", "RG", "IO", "PX", "DBT", "BTO"]);

export type Point = readonly [column: number, row: number];

/** For a measurement with these points, in pixels of the frame. */
export function calibration(frame: Frame, points: readonly Point[]): Calibration {
  const { geometry } = frame;
  if (geometry.regions.length > 0) return regionCalibration(geometry.regions, points);
  if (PROJECTION.has(frame.instance.modality)) return projectionCalibration(frame);
  return geometry.pixelSpacing === null ? NONE : { ...NONE, kind: "patient", spacing: geometry.pixelSpacing };
}

function projectionCalibration({ geometry }: Frame): Calibration {
  const { pixelSpacing, imagerPixelSpacing, pixelSpacingCalibrationType: type, magnification } = geometry;
  if (pixelSpacing !== null && type === "GEOMETRY") return { ...NONE, kind: "geometry", spacing: pixelSpacing };
  if (pixelSpacing !== null && type === "FIDUCIAL") return { ...NONE, kind: "fiducial", spacing: pixelSpacing };
  const same =
    pixelSpacing?.every((value, axis) => Math.abs(value - (imagerPixelSpacing?.[axis] ?? 0)) < 1e-6) ?? false;
  if (pixelSpacing !== null && !same) return { ...NONE, kind: "unstated", spacing: pixelSpacing };
  if (imagerPixelSpacing === null) return NONE;
  // IHE RAD: without a calibrated Pixel Spacing, Imager Pixel Spacing corrected by the estimated magnification.
  if (magnification !== null && magnification > 1) {
    const [rows, columns] = imagerPixelSpacing;
    return { kind: "magnified", spacing: [rows / magnification, columns / magnification], magnification };
  }
  return { ...NONE, kind: "detector", spacing: imagerPixelSpacing };
}

const within = (region: UltrasoundRegion, [x, y]: Point): boolean =>
  x >= region.minX && x <= region.maxX && y >= region.minY && y <= region.maxY;

/** All points in one region that is measured in centimetres (PS3.3 C.8.5.5.1): lengths across regions mean nothing. */
function regionCalibration(regions: readonly UltrasoundRegion[], points: readonly Point[]): Calibration {
  const region = regions.find((one) => points.every((point) => within(one, point)));
  if (region?.unitsX !== CENTIMETRES || region.unitsY !== CENTIMETRES) return NONE;
  if (region.deltaX <= 0 || region.deltaY <= 0) return NONE;
  return { ...NONE, kind: "region", spacing: [region.deltaY * 10, region.deltaX * 10] };
}
