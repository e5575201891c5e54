import type { PriorStudy } from "@/api/types";

/** Which priors are opened with a case. Pure. */

/** More than these are opened only when the reader asks: each takes memory and line from the current study. */
export const MOST_PRIORS = 4;

/** A prior that is not in the room, why, and how to bring it. */
export interface AbsentPrior {
  readonly prior: PriorStudy;
  /** Null where it was left out for their number. */
  readonly error: Error | null;
  readonly bring: () => void;
}

/** Those of the current study's modalities before others, nearest first; then those that the reader asked for. */
export function chosenPriors(
  priors: readonly PriorStudy[],
  modalities: readonly string[],
  asked: ReadonlySet<string> = new Set(),
): PriorStudy[] {
  const alike = (prior: PriorStudy): boolean => prior.modalities.some((one) => modalities.includes(one));
  const preferred = [...priors.filter(alike), ...priors.filter((prior) => !alike(prior))].slice(0, MOST_PRIORS);
  return priors.filter((prior) => preferred.includes(prior) || asked.has(prior.study_instance_uid));
}
