import type { CellArray } from "@/images/decode/messages";
import type { Frame } from "@/images/frame";
import { calibration, type Calibration, type Point } from "./calibration";
import { toModality } from "./grey";

/** Length, angle and ellipse in pixels of the frame, and what they come to by its calibration. Pure. */

export interface Length {
  readonly value: number;
  readonly unit: "mm" | "px";
  readonly calibration: Calibration;
}

export function length(frame: Frame, from: Point, to: Point): Length {
  const used = calibration(frame, [from, to]);
  const [rows, columns] = used.spacing ?? [1, 1];
  const value = Math.hypot((to[0] - from[0]) * columns, (to[1] - from[1]) * rows);
  return { value, unit: used.spacing === null ? "px" : "mm", calibration: used };
}

/** At the middle point, in degrees: on the screen's true proportions, so it needs the ratio of the spacings only. */
export function angle(frame: Frame, from: Point, apex: Point, to: Point): number {
  const [rows, columns] = calibration(frame, [from, apex, to]).spacing ?? frame.geometry.pixelAspectRatio ?? [1, 1];
  const arm = (point: Point): [number, number] => [(point[0] - apex[0]) * columns, (point[1] - apex[1]) * rows];
  const [a, b] = [arm(from), arm(to)];
  const turn = Math.abs(Math.atan2(a[1], a[0]) - Math.atan2(b[1], b[0]));
  return ((turn > Math.PI ? 2 * Math.PI - turn : turn) * 180) / Math.PI;
}

export interface Ellipse {
  readonly center: Point;
  /** Half axes as vectors: they need not lie along rows and columns. */
  readonly a: Point;
  readonly b: Point;
}

export interface EllipseStatistics {
  readonly pixels: number;
  readonly mean: number;
  readonly deviation: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly unit: string;
  readonly area: number;
  readonly areaUnit: "mm²" | "px²";
  readonly calibration: Calibration;
}

/** Over the pixels whose middle lies inside, in modality values, without padding. `cells` are the whole frame's. */
export function ellipseStatistics(frame: Frame, cells: CellArray, ellipse: Ellipse): EllipseStatistics | null {
  const { center, a, b } = ellipse;
  const cross = a[0] * b[1] - a[1] * b[0];
  if (cross === 0) return null;
  const reach: Point = [Math.hypot(a[0], b[0]), Math.hypot(a[1], b[1])];
  const values = valuesInside(frame, cells, center, reach, (x, y) => {
    const u = (x * b[1] - y * b[0]) / cross;
    const v = (a[0] * y - a[1] * x) / cross;
    return u * u + v * v <= 1;
  });
  const corners: Point[] = [
    [center[0] - reach[0], center[1] - reach[1]],
    [center[0] + reach[0], center[1] + reach[1]],
  ];
  const used = calibration(frame, corners);
  const [rows, columns] = used.spacing ?? [1, 1];
  return {
    ...summary(values),
    unit: frame.modality.unit,
    area: Math.PI * Math.abs(cross) * rows * columns,
    areaUnit: used.spacing === null ? "px²" : "mm²",
    calibration: used,
  };
}

function valuesInside(
  frame: Frame,
  cells: CellArray,
  center: Point,
  reach: Point,
  inside: (x: number, y: number) => boolean,
): number[] {
  const { columns, rows, padding } = frame.pixel;
  const values: number[] = [];
  const [left, right] = [
    Math.max(Math.ceil(center[0] - reach[0]), 0),
    Math.min(Math.floor(center[0] + reach[0]), columns - 1),
  ];
  const [top, bottom] = [
    Math.max(Math.ceil(center[1] - reach[1]), 0),
    Math.min(Math.floor(center[1] + reach[1]), rows - 1),
  ];
  for (let row = top; row <= bottom; row += 1) {
    for (let column = left; column <= right; column += 1) {
      if (!inside(column - center[0], row - center[1])) continue;
      const stored = cells[row * columns + column] ?? 0;
      if (padding !== null && stored >= padding.low && stored <= padding.high) continue;
      values.push(toModality(stored, frame.modality));
    }
  }
  return values;
}

function summary(
  values: readonly number[],
): Pick<EllipseStatistics, "pixels" | "mean" | "deviation" | "minimum" | "maximum"> {
  const pixels = values.length;
  if (pixels === 0) return { pixels, mean: NaN, deviation: NaN, minimum: NaN, maximum: NaN };
  const mean = values.reduce((sum, value) => sum + value, 0) / pixels;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / pixels;
  let [minimum, maximum] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  return { pixels, mean, deviation: Math.sqrt(variance), minimum, maximum };
}
