import { fetchRank, fetchUntil, type Entry } from "./entry";
import { isVisible, LARGE } from "./queue";

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

/** Whether small frames come whole at once: the line is known to bring all that is lacking soon. */
export const bringsAllSoon = (lacking: number, bytesPerSecond: number | null): boolean =>
  bytesPerSecond !== null && lacking / bytesPerSecond <= SOON_SECONDS;

const together = (bytesPerSecond: number | null): number =>
  Math.min(Math.max((bytesPerSecond ?? UNKNOWN_RATE) * SECONDS_TOGETHER, LEAST_TOGETHER), MOST_TOGETHER);

/** The most wanted frames, as many as the line carries in one go; a large part or a lone one goes by itself. */
export function nextTransfer(entries: Iterable<Entry>, inOneStep: boolean, bytesPerSecond: number | null): Wanted[] {
  const waiting: { wanted: Wanted; rank: number }[] = [];
  for (const entry of entries) {
    const until = fetchUntil(entry, inOneStep);
    if (until !== null) waiting.push({ wanted: { entry, until }, rank: fetchRank(entry, inOneStep) });
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

const goesAlone = ({ entry, until }: Wanted): boolean => entry.alone || until - (entry.bytes?.received ?? 0) >= LARGE;

const sameStudy = (a: Wanted, b: Wanted): boolean =>
  a.entry.frame.instance.studyInstanceUid === b.entry.frame.instance.studyInstanceUid;

/** The least wanted transfers that must stop so that what is looked at need not wait; `free` may begin without. */
export function toStop(entries: Iterable<Entry>, free: number): AbortController[] {
  let waiting = 0;
  const ranks = new Map<AbortController, number>();
  for (const entry of entries) {
    if (isVisible(entry.rank) && fetchUntil(entry, true) !== null) waiting += 1;
    if (entry.fetching === null) continue;
    // A transfer is as wanted as the most wanted frame in it: none that brings what is looked at stops.
    ranks.set(entry.fetching, Math.min(ranks.get(entry.fetching) ?? Infinity, entry.rank));
  }
  return [...ranks]
    .filter(([, rank]) => !isVisible(rank))
    .sort((a, b) => b[1] - a[1])
    .slice(0, Math.max(waiting - free, 0))
    .map(([stop]) => stop);
}
