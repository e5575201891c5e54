/** What became of reports, as pages show it; pure. */
import type { Outcome } from "@/api/types";
import type { Tone } from "@/ui/Chip";
import type { Shape } from "@/ui/shapes";

export type OutcomeState = Outcome["state"];

export const STATES = ["overdue", "unread", "read", "done", "important"] as const;
export type Filter = (typeof STATES)[number] | "all";

/** Unread is a state of waiting; red only where somebody must act now. */
export const toneOf = ({ state, overdue }: Pick<Outcome, "state" | "overdue">): Tone => {
  if (overdue !== null) return "danger";
  return state === "done" ? "good" : state === "read" ? "active" : "attention";
};

export const SHAPES: Readonly<Record<OutcomeState, Shape>> = {
  unsigned: "hollow",
  unread: "hollow",
  read: "half",
  done: "check",
};

type Listed = Pick<Outcome, "state" | "overdue" | "important">;

export const fits = (one: Listed, filter: Filter): boolean => {
  if (filter === "all") return true;
  if (filter === "overdue") return one.overdue !== null;
  if (filter === "important") return one.important !== null;
  return one.state === filter;
};

/** How many reports fit each filter: by state as the hub counts all of them, the others as they are listed. */
export function countsOf(items: readonly Listed[], counted: Readonly<Record<string, number>>): Record<Filter, number> {
  const listed = (filter: Filter): number => items.filter((one) => fits(one, filter)).length;
  const [unread, read, done] = (["unread", "read", "done"] as const).map((state) => counted[state] ?? listed(state));
  const [waiting, opened, acted] = [unread ?? 0, read ?? 0, done ?? 0];
  return {
    all: waiting + opened + acted,
    unread: waiting,
    read: opened,
    done: acted,
    overdue: listed("overdue"),
    important: listed("important"),
  };
}

/** A month as the address of a list names it, so many months back from a day. */
export function monthBack(today: Date, back: number): string {
  const first = new Date(today.getFullYear(), today.getMonth() - back, 1);
  return `${first.getFullYear()}-${String(first.getMonth() + 1).padStart(2, "0")}`;
}
