import { bytesWanted, fetchRank, fetchUntil, type Entry, type Pace } from "./entry";
import { firstStep, isVisible, LARGE } from "./queue";

/** What is asked for next, and how much of it together. Pure. */

export interface Wanted {
  readonly entry: Entry;
  /** Up to this byte of the frame. */
  readonly until: number;
}

/** So long may what is asked for together take on the line: a reader who looks elsewhere waits no longer. */
const SECONDS_TOGETHER = 0.25;
const LEAST_TOGETHER = 64_000;
const MOST_TOGETHER = 6_000_000;
const MOST_PARTS = 256;
const UNKNOWN_RATE = 1_000_000;

/** A study that is whole within so many seconds needs no coarse images first. */
const SOON_SECONDS = 4;

/** What is looked at is completed after all previews where those are here within so many seconds. */
const COARSE_SECONDS = 2;

/** The pace of a line that brings so much: `lacking` until all is whole, `coarse` until all have a preview. */
export const paceOf = (lacking: number, coarse: number, bytesPerSecond: number | null): Pace => ({
  inOneStep: bytesPerSecond !== null && lacking / bytesPerSecond <= SOON_SECONDS,
  coarseSoon: coarse / (bytesPerSecond ?? UNKNOWN_RATE) <= COARSE_SECONDS,
});

/** So much under way keeps the line full; the rest of a large frame is asked for when less is. */
const SECONDS_UNDER_WAY = 0.5;

export const fillsLine = (bytesUnderWay: number, bytesPerSecond: number | null): boolean =>
  bytesUnderWay > (bytesPerSecond ?? UNKNOWN_RATE) * SECONDS_UNDER_WAY;

/** Whether this takes the line for long: the rest of a large frame, or all of one that has no preview. */
export const isLong = (transfer: readonly Wanted[]): boolean => transfer.length === 1 && transfer.every(isLarge);

const together = (bytesPerSecond: number | null): number =>
  Math.min(Math.max((bytesPerSecond ?? UNKNOWN_RATE) * SECONDS_TOGETHER, LEAST_TOGETHER), MOST_TOGETHER);

/** The most wanted frames, as many as the line carries in one go; a large part or a lone one goes by itself. */
export function nextTransfer(entries: Iterable<Entry>, pace: Pace, bytesPerSecond: number | null): Wanted[] {
  const waiting: { wanted: Wanted; rank: number }[] = [];
  for (const entry of entries) {
    const until = fetchUntil(entry, pace);
    if (until !== null) waiting.push({ wanted: { entry, until }, rank: fetchRank(entry, pace) });
  }
  waiting.sort((a, b) => a.rank - b.rank);
  const first = waiting[0]?.wanted;
  if (first === undefined) return [];
  if (goesAlone(first)) return [first];
  const chosen: Wanted[] = [];
  let bytes = 0;
  for (const { wanted } of waiting) {
    const more = wanted.until - (wanted.entry.bytes?.received ?? 0);
    const fits = chosen.length === 0 || bytes + more <= together(bytesPerSecond);
    if (goesAlone(wanted) || !fits || chosen.length === MOST_PARTS || !sameStudy(wanted, first)) break;
    chosen.push(wanted);
    bytes += more;
  }
  return chosen;
}

const isLarge = ({ entry, until }: Wanted): boolean => until - (entry.bytes?.received ?? 0) >= LARGE;

const goesAlone = (wanted: Wanted): boolean => wanted.entry.alone || isLarge(wanted);

const sameStudy = (a: Wanted, b: Wanted): boolean =>
  a.entry.frame.instance.studyInstanceUid === b.entry.frame.instance.studyInstanceUid;

/** Whether bytes of this frame are to be fetched. */
export const needsLine = (entry: Entry): boolean => !entry.packed && bytesWanted(entry);

function isLongUnderWay({ frame, bytes }: Entry): boolean {
  const received = bytes?.received ?? 0;
  return received >= firstStep(frame) && frame.length - received >= LARGE;
}

/**
 * The least wanted transfers that must stop so that what is looked at need not wait; `free` may begin without. One
 * that would take the line for long stops in any case: it goes on later where it was left.
 */
export function toStop(entries: Iterable<Entry>, free: number): AbortController[] {
  let waiting = 0;
  const ranks = new Map<AbortController, number>();
  const long = new Set<AbortController>();
  for (const entry of entries) {
    if (isVisible(entry.rank) && needsLine(entry)) waiting += 1;
    if (entry.fetching === null) continue;
    // A transfer is as wanted as the most wanted frame in it: none that brings what is looked at stops.
    ranks.set(entry.fetching, Math.min(ranks.get(entry.fetching) ?? Infinity, entry.rank));
    if (isLongUnderWay(entry)) long.add(entry.fetching);
  }
  const stoppable = [...ranks].filter(([, rank]) => !isVisible(rank)).sort((a, b) => b[1] - a[1]);
  const lacking = Math.max(waiting - free, 0);
  return stoppable.filter(([stop], index) => index < lacking || (waiting > 0 && long.has(stop))).map(([stop]) => stop);
}
