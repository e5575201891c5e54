import type { Frame } from "./frame";

/** In which order frames are fetched: what is looked at, what comes next under the wheel, then the rest. Pure. */

/** A stack of frames on the screen and where its reader is. */
export interface Focus {
  readonly frames: readonly Frame[];
  readonly index: number;
  /** Which way the last step went; 0 when none was made. */
  readonly direction: -1 | 0 | 1;
  /** The viewport that has the keyboard; a thumbnail is wanted soon, after what is looked at. */
  readonly kind: "active" | "shown" | "thumbnail";
}

/** Smaller comes first. Bands are far enough apart that distances within one never reach the next. */
const BAND = 100_000;
export const RANK_VISIBLE = 0;
const NEAR = 12;

function rankInStack(distance: number, focus: Focus): number {
  if (focus.kind === "thumbnail") return distance === 0 ? BAND + NEAR : Infinity;
  const active = focus.kind === "active";
  if (distance === 0) return RANK_VISIBLE + (active ? 0 : 1);
  const behind = focus.direction !== 0 && Math.sign(distance) !== focus.direction;
  const steps = Math.abs(distance) * (behind ? 3 : 1);
  const near = steps <= NEAR;
  const band = near ? 1 : active ? 2 : 3;
  return band * BAND + steps * 2 + (active ? 0 : 1);
}

/** Rank of every frame of the study: by the stacks on the screen first, then in the order given. */
export function ranks(all: readonly Frame[], focuses: readonly Focus[]): Map<string, number> {
  const out = new Map<string, number>();
  all.forEach((frame, index) => out.set(frame.imageId, 4 * BAND + index));
  for (const focus of focuses) {
    focus.frames.forEach((frame, index) => {
      const rank = rankInStack(index - focus.index, focus);
      if (rank < (out.get(frame.imageId) ?? Infinity)) out.set(frame.imageId, rank);
    });
  }
  return out;
}

export const isVisible = (rank: number): boolean => rank < BAND;

/** Frames of this length and more show a preview while they come, and come coarse first. */
export const LARGE = 300_000;

/** The coarsest resolution worth looking at: its longer side has at least this many pixels. */
const PREVIEW_SIDE = 400;

/** Smaller frames have one preview, a quarter of their width and height, where that saves most of their bytes. */
const SMALL_REDUCTION = 2;
const WORTH_TWO_STEPS = 40_000;
const SAVES = 4;

export interface Preview {
  readonly reduction: number;
  readonly bytes: number;
}

/** Prefixes of a frame that make a picture, coarse first; none for frames that are not resolution-ordered. */
export function previewsOf(frame: Frame): Preview[] {
  const last = frame.resolutionEnds.length - 1;
  const all = frame.resolutionEnds.map((bytes, index) => ({ reduction: last - index, bytes }));
  if (frame.length < LARGE) {
    return all.filter(
      ({ reduction, bytes }) =>
        reduction === SMALL_REDUCTION && frame.length >= WORTH_TWO_STEPS && bytes * SAVES <= frame.length,
    );
  }
  const side = Math.max(frame.pixel.rows, frame.pixel.columns);
  return all.filter(({ reduction }) => reduction > 0 && side / 2 ** reduction >= PREVIEW_SIDE);
}

/**
 * How far to fetch now: the first preview for all that is wanted, before anything is completed. `inOneStep`: the line
 * brings small frames whole so soon that a preview would only cost time.
 */
export function firstStep(frame: Frame, inOneStep = false): number {
  const preview = inOneStep && frame.length < LARGE ? undefined : previewsOf(frame)[0];
  return preview?.bytes ?? frame.length;
}
