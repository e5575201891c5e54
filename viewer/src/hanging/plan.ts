import type { Frame, Series } from "@/images/frame";

/** What hangs where. Data only: the rules are beside this file, the viewports know nothing of them. */

export interface Stack {
  readonly id: string;
  readonly frames: readonly Frame[];
  readonly series: Series;
  /** Which of the series' stacks this is; null where it is the only one. */
  readonly part: { readonly number: number; readonly of: number } | null;
  readonly studyDate: string;
  readonly prior: boolean;
}

export interface Placement {
  /** Which edge of the image lies at the viewport's edge. */
  readonly justify: "left" | "center" | "right";
  /** Shown at the same physical scale as all others with this name (IHE MAMMO, "same size"). */
  readonly sameSize: string | null;
  /** How the image is turned and mirrored to lie as it should. */
  readonly turns: 0 | 2;
  readonly flipped: boolean;
}

export const AS_IT_IS: Placement = { justify: "center", sameSize: null, turns: 0, flipped: false };

export interface Cell {
  readonly stack: Stack | null;
  readonly placement: Placement;
}

/** One arrangement of the screen; the reader steps through them. */
export interface Step {
  /** Key of its name in the catalogue (`reading:step.…`). */
  readonly name: "overview" | "withPriors" | "mlo" | "cc" | "compare" | "series" | "tomo" | "others" | "priors";
  readonly rows: number;
  readonly columns: number;
  readonly cells: readonly Cell[];
}
