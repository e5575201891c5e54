import { readDay, typedDay } from "@/requests/days";
import type { BatchCounts, Examinee, NewScreeningBatch, RosterLine, Stage } from "./shapes";

/** Whom a batch's list shows. Pure. */
export const FILTERS = ["all", "missing", "unsettled", "to_read", "reading", "judged"] as const;
export type Filter = (typeof FILTERS)[number];

const STAGES: Readonly<Record<Exclude<Filter, "all">, readonly Stage[]>> = {
  missing: ["missing", "arriving"],
  unsettled: ["unsettled"],
  to_read: ["arrived"],
  reading: ["read_once", "read_twice"],
  judged: ["judged"],
};

export const fits = ({ stage }: Examinee, filter: Filter): boolean =>
  filter === "all" || STAGES[filter].includes(stage);

type Step = Exclude<keyof BatchCounts, "missing" | "unsettled">;

/** The steps of a batch in their order; the second reading only where there is one. */
export function stepsOf(readTwice: boolean): readonly Step[] {
  return readTwice
    ? ["expected", "arrived", "read_once", "read_twice", "judged"]
    : ["expected", "arrived", "read_once", "judged"];
}

/** Share of the expected, as a percentage that says 100 only when nobody is left. */
export const percent = (count: number, expected: number): number =>
  expected === 0 ? 0 : Math.floor((100 * count) / expected);

export interface TakingPace {
  readonly perSecond: number;
  readonly secondsLeft: number;
}

/** How fast lines are taken and how long the rest takes; nothing before there is something to reckon with. */
export function paceOf(done: number, total: number, milliseconds: number): TakingPace | null {
  if (done <= 0 || milliseconds <= 0) return null;
  const rate = (1000 * done) / milliseconds;
  return { perSecond: Math.max(1, Math.round(rate)), secondsLeft: Math.ceil((total - done) / rate) };
}

/** What wants somebody's eye goes first, in the order of the file. */
export function byNeed(lines: readonly RosterLine[]): RosterLine[] {
  const rank = { refused: 0, taken: 1, known: 2 } as const;
  return lines.toSorted((one, other) => rank[one.outcome] - rank[other.outcome] || one.number - other.number);
}

export interface Typed {
  readonly site_id: string;
  readonly name: string;
  /** As somebody types a day, in either calendar. */
  readonly held_on: string;
  readonly organiser: string;
  readonly read_twice: boolean;
  readonly accession_is_exam_number: boolean;
}

export type Gap = "site_id" | "name" | "held_on";

export function gapsOf(typed: Typed): Gap[] {
  const gaps: Gap[] = [];
  if (typed.site_id === "") gaps.push("site_id");
  if (typed.name.trim() === "") gaps.push("name");
  if (readDay(typed.held_on) === null) gaps.push("held_on");
  return gaps;
}

export const planOf = (typed: Typed): NewScreeningBatch => ({
  ...typed,
  name: typed.name.trim(),
  organiser: typed.organiser.trim(),
  held_on: typedDay(readDay(typed.held_on) ?? ""),
});
