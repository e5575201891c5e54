import { displaySpacing } from "./displaySpacing";
import type { Frame, Geometry, Vector3 } from "./frame";
import { cross, dot, minus, moved } from "./vector";

/** Where frames lie in their frame of reference (PS3.3 C.7.6.2). Pure. */

/** A frame's plane: its middle, and which way it faces. */
export interface Place {
  readonly middle: Vector3;
  readonly normal: Vector3;
}

export const normalOf = ({ row, column }: NonNullable<Geometry["orientation"]>): Vector3 => cross(row, column);

/** A share of a frame's width and height, as a point of the patient; null for a frame without a place. */
export function pointAt(frame: Frame, [x, y]: readonly [number, number]): Vector3 | null {
  const { position, orientation } = frame.geometry;
  if (position === null || orientation === null) return null;
  const [rows, columns] = displaySpacing(frame);
  // Image Position is that of the middle of the first pixel.
  const along = (x * frame.pixel.columns - 0.5) * columns;
  const down = (y * frame.pixel.rows - 0.5) * rows;
  return moved(position, orientation.row, along, orientation.column, down);
}

/** The other way: which share of the frame's width and height lies nearest to a point of the patient. */
export function shareAt(frame: Frame, point: Vector3): readonly [number, number] | null {
  const { position, orientation } = frame.geometry;
  if (position === null || orientation === null) return null;
  const [rows, columns] = displaySpacing(frame);
  const away = minus(point, position);
  return [
    (dot(away, orientation.row) / columns + 0.5) / frame.pixel.columns,
    (dot(away, orientation.column) / rows + 0.5) / frame.pixel.rows,
  ];
}

export function placeOf(frame: Frame): Place | null {
  const middle = pointAt(frame, [0.5, 0.5]);
  const { orientation } = frame.geometry;
  return middle === null || orientation === null ? null : { middle, normal: normalOf(orientation) };
}

/** Planes further apart than this cross each other: what is seen in one has no image in the other. */
const NEARLY_PARALLEL = Math.cos((30 * Math.PI) / 180);

/** Whether two directions are nearly one, or exactly opposite to it. */
export const parallel = (a: Vector3, b: Vector3): boolean => Math.abs(dot(a, b)) >= NEARLY_PARALLEL;

/** Whether two directions are nearly one. */
export const alike = (a: Vector3, b: Vector3): boolean => dot(a, b) >= NEARLY_PARALLEL;
