import type { WorklistItem } from "@/api/types";

/** What of a patient's earlier studies is here, of all that hub and PACS know. Pure. */

export type AwaitedState = "exists" | "requested" | "refused";

const STATES: readonly AwaitedState[] = ["requested", "exists", "refused"];

export interface PriorCount {
  readonly total: number;
  readonly here: number;
  /** How many are in which state, those that are on their way first; states of which there are none are left out. */
  readonly awaited: readonly (readonly [AwaitedState, number])[];
}

export function priorCount({ priors, prior_ledger: ledger }: WorklistItem): PriorCount {
  const awaited = ledger?.awaited ?? [];
  const missing = new Set(awaited.map((one) => one.study_instance_uid));
  const here = priors.filter((one) => !missing.has(one.study_instance_uid)).length;
  const counted = STATES.map((state) => [state, awaited.filter((one) => one.state === state).length] as const);
  return { total: here + awaited.length, here, awaited: counted.filter(([, count]) => count > 0) };
}

/** Priors that came after a case was opened, and are not in the room. */
export function arrivedSince(now: WorklistItem | undefined, opened: WorklistItem): readonly string[] {
  const known = new Set(opened.priors.map((one) => one.study_instance_uid));
  return priorsHere(now).filter((uid) => !known.has(uid));
}

function priorsHere(item: WorklistItem | undefined): string[] {
  if (item === undefined) return [];
  const missing = new Set((item.prior_ledger?.awaited ?? []).map((one) => one.study_instance_uid));
  return item.priors.map((one) => one.study_instance_uid).filter((uid) => !missing.has(uid));
}
