import type { Frame, Series, Study } from "@/images/frame";
import { normalOf } from "@/images/place";
import { dot } from "@/images/vector";
import type { Stack } from "./plan";

/**
 * Which frames one viewport scrolls through, and in which order. Every frame of the study is in exactly one stack:
 * nothing is sorted away (a series that no rule fits stays together, by instance number).
 */
export function stacksOf(study: Study, prior: boolean): Stack[] {
  return study.series.flatMap((series) => stacksOfSeries(series, study, prior));
}

function stacksOfSeries(series: Series, study: Study, prior: boolean): Stack[] {
  const multi = series.frames.filter((frame) => frame.instance.numberOfFrames > 1);
  const single = series.frames.filter((frame) => frame.instance.numberOfFrames <= 1);
  const groups = [...singleFrameGroups(series, single), ...[...byInstance(multi).values()].flatMap(phases)];
  return groups.map((frames, index) => ({
    id: `${series.seriesInstanceUid}#${index}`,
    frames,
    series,
    part: groups.length > 1 ? { number: index + 1, of: groups.length } : null,
    studyDate: study.studyDate,
    prior,
  }));
}

/** Mammograms by side, view and purpose; anything else by place and phase. */
function singleFrameGroups(series: Series, frames: readonly Frame[]): Frame[][] {
  if (frames.length === 0) return [];
  if (series.modality !== "MG") return phases(frames);
  const groups = grouped(frames, ({ instance }) => {
    const { laterality, view, modifiers, presentationIntent } = instance.breast;
    return [laterality, view, ...modifiers, presentationIntent].join(" ");
  });
  return [...groups.values()].map((group) => group.toSorted(byInstanceNumber));
}

const byInstance = (frames: readonly Frame[]): Map<string, Frame[]> =>
  grouped(frames, (frame) => frame.instance.sopInstanceUid);

function grouped<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return groups;
}

function byInstanceNumber(a: Frame, b: Frame): number {
  return (
    (a.instance.instanceNumber ?? Infinity) - (b.instance.instanceNumber ?? Infinity) ||
    a.frameNumber - b.frameNumber ||
    (a.instance.sopInstanceUid < b.instance.sopInstanceUid ? -1 : 1)
  );
}

/** Millimetres along the normal of the plane; null where frames are not parallel or have no place. */
function places(frames: readonly Frame[]): Map<Frame, number> | null {
  const first = frames[0]?.geometry.orientation;
  if (first == null) return null;
  const { row: r, column: c } = first;
  const normal = normalOf(first);
  const out = new Map<Frame, number>();
  for (const frame of frames) {
    const { orientation, position } = frame.geometry;
    if (orientation === null || position === null) return null;
    const parallel = [0, 1, 2].every(
      (axis) =>
        Math.abs((orientation.row[axis] ?? 0) - (r[axis] ?? 0)) < 1e-3 &&
        Math.abs((orientation.column[axis] ?? 0) - (c[axis] ?? 0)) < 1e-3,
    );
    if (!parallel) return null;
    out.set(frame, Math.round(dot(position, normal) * 100) / 100);
  }
  return out;
}

/** One group per phase, each by place. What is in one place more than once is told apart by time, echo or order. */
function phases(frames: readonly Frame[]): Frame[][] {
  const ordered = frames.toSorted(byInstanceNumber);
  const place = places(ordered);
  if (place === null || frames.length === 1) return [ordered];
  const distinct = new Set(place.values());
  if (distinct.size === frames.length) return [byPlace(ordered, place)];
  // All in one place: time itself is what is scrolled through.
  if (distinct.size === 1) return [ordered];
  const split = byTemporalKey(ordered, place) ?? byRepetition(ordered, place);
  return split === null ? [ordered] : split.map((group) => byPlace(group, place));
}

/** By place, in the direction in which instance numbers run. */
function byPlace(frames: readonly Frame[], place: ReadonlyMap<Frame, number>): Frame[] {
  const sorted = frames.toSorted((a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0) || byInstanceNumber(a, b));
  const [first, last] = [sorted[0], sorted.at(-1)];
  return first !== undefined && last !== undefined && byInstanceNumber(first, last) > 0 ? sorted.reverse() : sorted;
}

/** The first temporal attribute that leaves every place once in every phase. */
function byTemporalKey(frames: readonly Frame[], place: ReadonlyMap<Frame, number>): Frame[][] | null {
  const keys = frames[0]?.temporal.length ?? 0;
  for (let key = 0; key < keys; key += 1) {
    const groups = [...grouped(frames, (frame) => String(frame.temporal[key] ?? 0)).values()];
    const clean = groups.every((group) => new Set(group.map((frame) => place.get(frame))).size === group.length);
    if (groups.length > 1 && clean) {
      return groups.toSorted((a, b) => (a[0]?.temporal[key] ?? 0) - (b[0]?.temporal[key] ?? 0));
    }
  }
  return null;
}

/** The n-th frame at each place makes the n-th phase, where every place has as many. */
function byRepetition(frames: readonly Frame[], place: ReadonlyMap<Frame, number>): Frame[][] | null {
  const atPlace = [...grouped(frames, (frame) => String(place.get(frame))).values()];
  const count = atPlace[0]?.length ?? 0;
  if (atPlace.some((group) => group.length !== count)) return null;
  return Array.from({ length: count }, (_, phase) =>
    atPlace.map((group) => group[phase]).filter((frame) => frame !== undefined),
  );
}
