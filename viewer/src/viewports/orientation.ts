import type { Geometry, Vector3 } from "@/images/frame";

/** Which way the patient lies on the screen: from the header and from where the screen really points, never guessed. */

/** A direction on the screen in image axes: how far along a row (to higher columns) and along a column (to higher rows). */
export type ImageDirection = readonly [alongRow: number, alongColumn: number];

export interface Marks {
  readonly left: string;
  readonly right: string;
  readonly top: string;
  readonly bottom: string;
}

const OPPOSITE: Readonly<Record<string, string>> = { L: "R", R: "L", A: "P", P: "A", H: "F", F: "H" };

export const opposite = (letters: string): string => Array.from(letters, (letter) => OPPOSITE[letter] ?? "").join("");

/** Below this share of a direction an axis is not worth a letter. */
const NEGLIGIBLE = 0.2;

/** Letters of a direction in the patient (PS3.3 C.7.6.1.1.1), the strongest first: +x is left, +y posterior, +z head. */
export function lettersOf(direction: Vector3): string {
  const parts: [string, number][] = [
    [direction[0] > 0 ? "L" : "R", Math.abs(direction[0])],
    [direction[1] > 0 ? "P" : "A", Math.abs(direction[1])],
    [direction[2] > 0 ? "H" : "F", Math.abs(direction[2])],
  ];
  return parts
    .filter(([, share]) => share > NEGLIGIBLE)
    .sort((a, b) => b[1] - a[1])
    .map(([letter]) => letter)
    .join("");
}

function markOf(geometry: Geometry, [alongRow, alongColumn]: ImageDirection): string {
  const { orientation, patientOrientation } = geometry;
  if (orientation !== null) {
    const at = (axis: 0 | 1 | 2): number => alongRow * orientation.row[axis] + alongColumn * orientation.column[axis];
    return lettersOf([at(0), at(1), at(2)]);
  }
  if (patientOrientation === null) return "";
  const [row, column] = patientOrientation.map((value) => value.replaceAll(/[^LRAPHF]/g, "")) as [string, string];
  const one = (letters: string, share: number): string => (share > 0 ? letters : opposite(letters));
  return Math.abs(alongRow) >= Math.abs(alongColumn) ? one(row, alongRow) : one(column, alongColumn);
}

/** Marks for a screen whose right and bottom point along these image directions. */
export function marks(geometry: Geometry, right: ImageDirection, down: ImageDirection): Marks {
  const reverse = ([alongRow, alongColumn]: ImageDirection): ImageDirection => [-alongRow, -alongColumn];
  return {
    left: markOf(geometry, reverse(right)),
    right: markOf(geometry, right),
    top: markOf(geometry, reverse(down)),
    bottom: markOf(geometry, down),
  };
}
