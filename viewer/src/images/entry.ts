import type { DecodedImage } from "./decode/messages";
import { FrameBytes } from "./fetchFrame";
import type { Frame } from "./frame";
import { firstStep, isVisible, LARGE, previewsOf, type Preview } from "./queue";

/** One frame on its way: what has come of it, what it was shown to be, what it needs next. */

export type Failure = "digest" | "decode" | "undecodable" | "refused";

/** What the screen may say of a frame. */
export interface FrameView {
  /** 0 to 1: how much of the frame's bytes is here. */
  readonly arrived: number;
  readonly image: DecodedImage | null;
  /** The image is made of every byte; a preview is not. */
  readonly whole: boolean;
  /** The digest taken at the source equals that of what was decoded (or received, for a lossy source) here. */
  readonly proved: boolean;
  /** The hub decoded it, because no decoder for its encoding runs here. */
  readonly decodedByHub: boolean;
  readonly failure: Failure | null;
  readonly detail: string;
  /** The line failed and is being tried again. */
  readonly retrying: boolean;
}

/** Of a frame that nobody knows of any more. */
export const NOTHING_YET: FrameView = {
  arrived: 0,
  image: null,
  whole: false,
  proved: false,
  decodedByHub: false,
  failure: null,
  detail: "",
  retrying: false,
};

export interface Entry {
  readonly frame: Frame;
  bytes: FrameBytes | null;
  image: DecodedImage | null;
  /** Reduction of `image`; 0 is the whole. */
  reduction: number;
  proved: boolean;
  decodedByHub: boolean;
  failure: Failure | null;
  detail: string;
  retrying: boolean;
  /** How often the digest or decoder has rejected it. */
  rejected: number;
  previewing: boolean;
  fetching: AbortController | null;
  /** To be asked for by itself: the hub did not give it among others. */
  alone: boolean;
  decoding: boolean;
  /** All of it lies on this computer's disk. */
  packed: boolean;
  unpacking: boolean;
  rank: number;
  /** So near to a reader that it is kept decoded, and decoded again when memory let it go. */
  near: boolean;
}

export function newEntry(frame: Frame): Entry {
  return {
    frame,
    bytes: null,
    image: null,
    reduction: 0,
    proved: false,
    decodedByHub: false,
    failure: null,
    detail: "",
    retrying: false,
    rejected: 0,
    previewing: false,
    fetching: null,
    alone: false,
    decoding: false,
    packed: false,
    unpacking: false,
    rank: Infinity,
    near: false,
  };
}

export function viewOf(entry: Entry): FrameView {
  const whole = entry.image !== null && entry.reduction === 0;
  const received = entry.bytes?.received ?? 0;
  const complete = entry.proved || whole;
  return {
    arrived: complete ? 1 : Math.min(received / Math.max(entry.frame.length, 1), 1),
    image: entry.image,
    whole,
    proved: entry.proved,
    decodedByHub: entry.decodedByHub,
    failure: entry.failure,
    detail: entry.detail,
    retrying: entry.retrying,
  };
}

/** What may be said of the picture that is drawn: where it is still the preview, no more than that of a preview. */
export const drawnView = (view: FrameView, reduced: boolean): FrameView =>
  reduced ? { ...view, whole: false, proved: false } : view;

/** Behind every rank that a first step can have. */
const COMPLETION = 1_000_000;
/** Behind the first steps of what is looked at, before all others. */
const VISIBLE_COMPLETION = 10;

/** What the line is known to do: small frames need no preview; or all previews are here soon. */
export interface Pace {
  readonly inOneStep: boolean;
  readonly coarseSoon: boolean;
}

/** Whether bytes that are not in memory are needed, wherever they come from. */
export function bytesWanted(entry: Entry): boolean {
  if (entry.failure !== null || entry.fetching !== null || entry.decoding || entry.unpacking) return false;
  if (entry.bytes?.whole === true || (entry.image !== null && entry.reduction === 0)) return false;
  return !entry.proved || entry.near;
}

/** Fetch up to this byte next; null where nothing is to be fetched. */
export function fetchUntil(entry: Entry, { inOneStep }: Pace): number | null {
  if (entry.packed || !bytesWanted(entry)) return null;
  const step = firstStep(entry.frame, inOneStep);
  return (entry.bytes?.received ?? 0) >= step ? entry.frame.length : step;
}

/** Bytes that are still lacking until this frame has its first picture; one on which the hub failed is not counted on. */
export const lacksOfFirstStep = (entry: Entry): number =>
  entry.image !== null || entry.proved || entry.packed || entry.alone || entry.failure !== null
    ? 0
    : Math.max(firstStep(entry.frame) - (entry.bytes?.received ?? 0), 0);

/**
 * Completing a frame waits until all others have a preview; one that is looked at waits only where that is soon, and
 * else for the previews beside it. What the hub gives only alone, if at all, waits behind that unless it is looked at.
 */
export function fetchRank(entry: Entry, { inOneStep, coarseSoon }: Pace): number {
  const step = firstStep(entry.frame, inOneStep);
  const completing = step < entry.frame.length && (entry.bytes?.received ?? 0) >= step;
  if (!completing) return entry.alone && !isVisible(entry.rank) ? entry.rank + COMPLETION : entry.rank;
  return entry.rank + (isVisible(entry.rank) && !coarseSoon ? VISIBLE_COMPLETION : COMPLETION);
}

/** As they are fetched: a frame that has a picture and is not looked at waits until all others have one. */
export const decodeRank = ({ rank, image }: Entry, reduction: number): number =>
  reduction > 0 || image === null || isVisible(rank) ? rank : rank + COMPLETION;

export function needsDecoding(entry: Entry): boolean {
  if (entry.decoding || entry.failure !== null || entry.bytes?.whole !== true) return false;
  const shown = entry.image !== null && entry.reduction === 0;
  return !shown && (!entry.proved || entry.near);
}

/** The best preview that the bytes so far can make, if it is better than what is shown. */
export function nextPreview(entry: Entry): Preview | null {
  if (entry.previewing || entry.decoding || entry.bytes === null || entry.bytes.whole) return null;
  const { received } = entry.bytes;
  const best = previewsOf(entry.frame).findLast(({ bytes }) => bytes <= received);
  if (best === undefined) return null;
  const better = entry.image === null || best.reduction < entry.reduction;
  return better ? best : null;
}

/** A large frame that is looked at and all here is shown coarse while the whole of it is being decoded. */
export function glance(entry: Entry): Preview | null {
  const large = isVisible(entry.rank) && entry.image === null && entry.frame.length >= LARGE;
  return large ? (previewsOf(entry.frame)[0] ?? null) : null;
}
