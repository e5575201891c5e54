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

/** A month as the address of a list names it, so many months back from a day. */
export function monthBack(today: Date, back: number): string {
  const first = new Date(today.getFullYear(), today.getMonth() - back, 1);
  return `${first.getFullYear()}-${String(first.getMonth() + 1).padStart(2, "0")}`;
}
