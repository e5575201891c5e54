import type { FrameView } from "./entry";
import type { Frame } from "./frame";

/**
 * What somebody who waits for a case waits for, as User Timing marks (W3C) that any browser's tools show:
 * `dokuei:opened`, `dokuei:first-image`, `dokuei:scrollable` (every frame at a quarter of its size or better) and
 * `dokuei:whole` (every frame whole and proved).
 */

type Milestone = "opened" | "first-image" | "scrollable" | "whole";

const NAMES: readonly Milestone[] = ["opened", "first-image", "scrollable", "whole"];
const reached = new Set<Milestone>();

/** A quarter of the width and height. */
export const SCROLLABLE_REDUCTION = 2;

function mark(milestone: Milestone): void {
  if (reached.has(milestone)) return;
  reached.add(milestone);
  performance.mark(`dokuei:${milestone}`);
}

/** A case is on its way in; what is marked is of one case at a time. */
export function caseOpened(): void {
  reached.clear();
  for (const name of NAMES) performance.clearMarks(`dokuei:${name}`);
  mark("opened");
}

/** A picture of the case stands on the screen. */
export const imageDrawn = (): void => mark("first-image");

/** Which frames of a case still lack what; told of every change of any frame. */
export class Milestones {
  readonly #coarse = new Set<string>();
  readonly #whole = new Set<string>();

  begin(frames: readonly Frame[]): void {
    for (const { imageId } of frames) {
      this.#coarse.add(imageId);
      this.#whole.add(imageId);
    }
  }

  note(imageId: string, view: FrameView, reduction: number): void {
    const shown = view.image !== null && reduction <= SCROLLABLE_REDUCTION;
    if ((shown || view.proved) && this.#coarse.delete(imageId) && this.#coarse.size === 0) mark("scrollable");
    if (view.proved && this.#whole.delete(imageId) && this.#whole.size === 0) mark("whole");
  }

  end(): void {
    this.#coarse.clear();
    this.#whole.clear();
  }
}
