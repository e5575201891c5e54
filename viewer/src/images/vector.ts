import type { Vector3 } from "./frame";

/** Points and directions in the patient, in millimetres. Pure. */

export const dot = (a: Vector3, b: Vector3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

export const cross = (a: Vector3, b: Vector3): Vector3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

export const minus = (a: Vector3, b: Vector3): Vector3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];

/** From a point so far along two directions. */
export const moved = (from: Vector3, a: Vector3, alongA: number, b: Vector3, alongB: number): Vector3 => [
  from[0] + a[0] * alongA + b[0] * alongB,
  from[1] + a[1] * alongA + b[1] * alongB,
  from[2] + a[2] * alongA + b[2] * alongB,
];
