import { items, numbers, text, type Dataset } from "./dicomJson";
import type { DocumentObject, Study, Vector3 } from "./frame";
import { dot } from "./vector";

/**
 * Which frames of reference are known to lie how to each other: from Spatial Registration objects (PS3.3 C.20.2). Only
 * what keeps lengths and angles is taken: a breast that was bent or scaled to fit is no place in the other images. Pure.
 */

/** Homogeneous, row by row, as in Frame of Reference Transformation Matrix. */
export type Matrix = readonly number[];

const IDENTITY: Matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

const rowOf = (matrix: Matrix, row: number): Vector3 => [
  matrix[row * 4] ?? 0,
  matrix[row * 4 + 1] ?? 0,
  matrix[row * 4 + 2] ?? 0,
];

/** A direction, turned with its frame of reference. */
export const turnedBy = (matrix: Matrix, direction: Vector3): Vector3 => [
  dot(rowOf(matrix, 0), direction),
  dot(rowOf(matrix, 1), direction),
  dot(rowOf(matrix, 2), direction),
];

/** A point of one frame of reference in the other. */
export function movedBy(matrix: Matrix, point: Vector3): Vector3 {
  const turned = turnedBy(matrix, point);
  return [turned[0] + (matrix[3] ?? 0), turned[1] + (matrix[7] ?? 0), turned[2] + (matrix[11] ?? 0)];
}

/** First `first`, then `then`. */
function joined(then: Matrix, first: Matrix): Matrix {
  return Array.from({ length: 16 }, (_, at) => {
    const [row, column] = [Math.floor(at / 4), at % 4];
    return [0, 1, 2, 3].reduce((sum, k) => sum + (then[row * 4 + k] ?? 0) * (first[k * 4 + column] ?? 0), 0);
  });
}

/** The way back, for a rigid matrix: turned the other way, and moved back. */
function back(matrix: Matrix): Matrix {
  const at = (row: number, column: number): number => matrix[row * 4 + column] ?? 0;
  const row = (axis: number): number[] => {
    const turned: Vector3 = [at(0, axis), at(1, axis), at(2, axis)];
    return [...turned, -dot(turned, [at(0, 3), at(1, 3), at(2, 3)])];
  };
  return [...row(0), ...row(1), ...row(2), 0, 0, 0, 1];
}

const NEAR = 1e-3;
const near = (a: number, b: number): boolean => Math.abs(a - b) < NEAR;

function isRigid(matrix: Matrix): boolean {
  if (matrix.length !== 16) return false;
  const rows = [rowOf(matrix, 0), rowOf(matrix, 1), rowOf(matrix, 2)] as const;
  const unit = rows.every((row) => near(dot(row, row), 1));
  const square = near(dot(rows[0], rows[1]), 0) && near(dot(rows[0], rows[2]), 0) && near(dot(rows[1], rows[2]), 0);
  return unit && square && [0, 0, 0, 1].every((value, column) => near(matrix[12 + column] ?? NaN, value));
}

/** One matrix of several; null where they are not rigid, or their order makes a difference that readers may take otherwise. */
function matrixOf(registration: Dataset): Matrix | null {
  const [whole] = items(registration, "00700309");
  const matrices = items(whole ?? {}, "0070030A").map((one) => numbers(one, "300600C6"));
  if (matrices.length === 0 || !matrices.every(isRigid)) return null;
  const forwards = matrices.reduce<Matrix>((all, one) => joined(one, all), IDENTITY);
  const backwards = matrices.reduce<Matrix>((all, one) => joined(all, one), IDENTITY);
  return forwards.every((value, at) => near(value, backwards[at] ?? NaN)) ? forwards : null;
}

const SPATIAL_REGISTRATION = "1.2.840.10008.5.1.4.1.1.66.1";

interface Known {
  readonly to: string;
  readonly matrix: Matrix;
}

export class Registrations {
  readonly #known = new Map<string, Known[]>();

  add(from: string, to: string, matrix: Matrix): void {
    this.#add(from, to, matrix);
    this.#add(to, from, back(matrix));
  }

  /** What takes points of one frame of reference into another, over as few registrations as possible; null where none is known. */
  between(from: string, to: string): Matrix | null {
    if (from === "" || to === "") return null;
    const found = new Map<string, Matrix>([[from, IDENTITY]]);
    for (const [here, matrix] of found) {
      if (here === to) return matrix;
      for (const next of this.#known.get(here) ?? []) {
        if (!found.has(next.to)) found.set(next.to, joined(next.matrix, matrix));
      }
    }
    return null;
  }

  #add(from: string, to: string, matrix: Matrix): void {
    this.#known.set(from, [...(this.#known.get(from) ?? []), { to, matrix }]);
  }
}

/** Everything that the studies' registration objects say, the newest first. */
export function registrationsOf(studies: readonly Study[]): Registrations {
  const series = studies.flatMap((study) => study.series);
  const frameOfReference = new Map(
    series.flatMap(({ frames }) =>
      frames.map(({ instance, geometry }) => [instance.sopInstanceUid, geometry.frameOfReferenceUid] as const),
    ),
  );
  const made = ({ dataset }: DocumentObject): string => `${text(dataset, "00080023")}${text(dataset, "00080033")}`;
  const objects = series
    .flatMap(({ documents }) => documents)
    .filter(({ sopClassUid }) => sopClassUid === SPATIAL_REGISTRATION)
    .toSorted((a, b) => (made(a) < made(b) ? 1 : -1));
  const all = new Registrations();
  for (const { dataset } of objects) {
    const registered = text(dataset, "00200052");
    for (const registration of items(dataset, "00700308")) {
      const [referenced] = items(registration, "00081140").map((one) => frameOfReference.get(text(one, "00081155")));
      const source = text(registration, "00200052") || (referenced ?? "");
      const matrix = matrixOf(registration);
      if (matrix !== null && source !== "" && registered !== "" && source !== registered)
        all.add(source, registered, matrix);
    }
  }
  return all;
}
