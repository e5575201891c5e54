import type { Stack } from "@/hanging/plan";
import type { Vector3 } from "@/images/frame";
import { parallel, placeOf, type Place } from "@/images/place";
import { movedBy, turnedBy, type Matrix, type Registrations } from "@/images/registration";
import { dot, minus } from "@/images/vector";

/** Which image of one stack belongs beside an image of another. Pure. */

/**
 * `place`: one frame of reference; `registered`: two, and a registration between them; `offset`: as the reader laid them
 * beside each other, from there on in millimetres; `number`: the same, in images, where there are no places.
 */
export type LinkKind = "place" | "registered" | "offset" | "number";

export interface Found {
  readonly index: number;
  /** How far the wanted place lies beyond the other stack; 0 where there is an image of it. */
  readonly beyond: number;
}

export interface Link {
  readonly kind: LinkKind;
  /** `now` is where the other stack stands: it stays there where another image would be no nearer. */
  readonly follow: (index: number, now: number) => Found;
}

/** Images that the reader laid beside each other. */
export interface Held {
  readonly from: number;
  readonly to: number;
}

export function linkOf(from: Stack, to: Stack, registrations: Registrations, held: Held | null): Link | null {
  if (from.frames.length < 2 || to.frames.length < 2) return null;
  const [here, there] = [trackOf(from), trackOf(to)];
  if (here === null || there === null) return held === null ? null : byNumber(to, held);
  const matrix = registrations.between(here.frameOfReferenceUid, there.frameOfReferenceUid);
  if (matrix !== null) {
    if (!parallel(turnedBy(matrix, here.normal), there.normal)) return null;
    return byPlace(here, there, matrix);
  }
  if (held === null) return null;
  return parallel(here.normal, there.normal) ? byOffset(here, there, held) : byNumber(to, held);
}

/** A stack of parallel planes in one frame of reference. */
interface Track {
  readonly frameOfReferenceUid: string;
  readonly normal: Vector3;
  readonly middles: readonly Vector3[];
  /** Millimetres along the normal. */
  readonly along: readonly number[];
  /** The usual distance from one image to the next. */
  readonly step: number;
}

const tracks = new WeakMap<Stack, Track | null>();

function trackOf(stack: Stack): Track | null {
  const known = tracks.get(stack);
  if (known !== undefined) return known;
  const made = makeTrack(stack);
  tracks.set(stack, made);
  return made;
}

const SAME_PLANE = 0.999;

function makeTrack({ frames }: Stack): Track | null {
  const places = frames.map(placeOf);
  const [first] = places;
  if (first == null || !places.every((place) => place !== null && facesAs(place, first))) return null;
  const frameOfReferenceUid = frames[0]?.geometry.frameOfReferenceUid ?? "";
  if (frames.some(({ geometry }) => geometry.frameOfReferenceUid !== frameOfReferenceUid)) return null;
  const middles = places.flatMap((place) => (place === null ? [] : [place.middle]));
  const along = middles.map((middle) => dot(middle, first.normal));
  const steps = along.slice(1).map((value, at) => Math.abs(value - (along[at] ?? 0)));
  const step = steps.toSorted((a, b) => a - b)[steps.length >> 1] ?? 0;
  return { frameOfReferenceUid, normal: first.normal, middles, along, step };
}

const facesAs = (place: Place, other: Place): boolean => dot(place.normal, other.normal) > SAME_PLANE;

/** Distances that differ by less are one: decimal strings are rounded. */
const EQUAL = 1e-2;

/** The image whose plane lies nearest to a place along the normal. */
function nearest({ along, step }: Track, wanted: number, now: number): Found {
  let [index, away] = [now, Math.abs((along[now] ?? Infinity) - wanted)];
  along.forEach((value, at) => {
    const distance = Math.abs(value - wanted);
    if (distance < away - EQUAL) [index, away] = [at, distance];
  });
  return { index, beyond: away > step / 2 + EQUAL ? away : 0 };
}

const middleOf = ({ middles }: Track, index: number): Vector3 => middles[index] ?? [0, 0, 0];

/** By the middle of the image that is looked at: where planes are tilted against each other, there they meet. */
const byPlace = (from: Track, to: Track, matrix: Matrix): Link => ({
  kind: from.frameOfReferenceUid === to.frameOfReferenceUid ? "place" : "registered",
  follow: (index, now) => nearest(to, dot(movedBy(matrix, middleOf(from, index)), to.normal), now),
});

const byOffset = (from: Track, to: Track, held: Held): Link => ({
  kind: "offset",
  follow: (index, now) => {
    const way = minus(middleOf(from, index), middleOf(from, held.from));
    return nearest(to, (to.along[held.to] ?? 0) + dot(way, to.normal), now);
  },
});

const byNumber = ({ frames }: Stack, held: Held): Link => ({
  kind: "number",
  follow: (index) => {
    const wanted = held.to + index - held.from;
    const found = Math.min(Math.max(wanted, 0), frames.length - 1);
    return { index: found, beyond: Math.abs(wanted - found) };
  },
});
