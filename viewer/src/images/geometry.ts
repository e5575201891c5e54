import { items, number, numbers, text, texts, type Dataset } from "./dicomJson";
import type { Geometry, UltrasoundRegion, Vector3 } from "./frame";
import type { FrameAttributes } from "./functionalGroups";
import { dot } from "./vector";

const PLANE_POSITION = "00209113";
const PLANE_ORIENTATION = "00209116";
const PIXEL_MEASURES = "00289110";

/** Where the frame lies: from its functional groups where it has them, else from the object (PS3.3 C.7.6.2, C.7.6.16.2). */
export function geometryOf(attributes: FrameAttributes): Geometry {
  const { object } = attributes;
  const measures = attributes.group(PIXEL_MEASURES) ?? object;
  const patientOrientation = texts(object, "00200020");
  return {
    position: vector(numbers(attributes.group(PLANE_POSITION) ?? object, "00200032")),
    orientation: orientation(attributes.group(PLANE_ORIENTATION) ?? object),
    patientOrientation:
      patientOrientation.length === 2 ? [patientOrientation[0] ?? "", patientOrientation[1] ?? ""] : null,
    frameOfReferenceUid: text(object, "00200052"),
    pixelSpacing: pair(measures, "00280030"),
    pixelSpacingCalibrationType: text(measures, "00280A02"),
    imagerPixelSpacing: pair(object, "00181164"),
    magnification: number(object, "00181114"),
    pixelAspectRatio: pair(object, "00280034"),
    regions: items(object, "00186011").map(region),
    sliceThickness: number(measures, "00180050"),
    sliceLocation: number(object, "00201041"),
  };
}

function vector(values: readonly number[]): Vector3 | null {
  const [x, y, z] = values;
  return x === undefined || y === undefined || z === undefined ? null : [x, y, z];
}

/** Null unless both are unit vectors at right angles: a wrong orientation is worse than none. */
function orientation(dataset: Dataset): Geometry["orientation"] {
  const values = numbers(dataset, "00200037");
  const [row, column] = [vector(values.slice(0, 3)), vector(values.slice(3, 6))];
  if (row === null || column === null) return null;
  const unit = (a: Vector3): boolean => Math.abs(dot(a, a) - 1) < 0.01;
  return unit(row) && unit(column) && Math.abs(dot(row, column)) < 0.01 ? { row, column } : null;
}

function pair(dataset: Dataset, tag: string): readonly [number, number] | null {
  const [rows, columns] = numbers(dataset, tag);
  return rows !== undefined && columns !== undefined && rows > 0 && columns > 0 ? [rows, columns] : null;
}

function region(dataset: Dataset): UltrasoundRegion {
  return {
    minX: number(dataset, "00186018") ?? 0,
    minY: number(dataset, "0018601A") ?? 0,
    maxX: number(dataset, "0018601C") ?? 0,
    maxY: number(dataset, "0018601E") ?? 0,
    unitsX: number(dataset, "00186024") ?? 0,
    unitsY: number(dataset, "00186026") ?? 0,
    deltaX: Math.abs(number(dataset, "0018602C") ?? 0),
    deltaY: Math.abs(number(dataset, "0018602E") ?? 0),
  };
}
