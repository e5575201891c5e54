/** How much of this computer's disk images brought ahead may take, as its reader chose; nothing is brought where 0. */
import { useSyncExternalStore } from "react";

const STORED = "dokuei.ahead";
const GB = 1024 ** 3;
export const CHOICES: readonly number[] = [0, 1, 2, 5, 10].map((gigabytes) => gigabytes * GB);
const USUAL = 2 * GB;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function aheadBudget(): number {
  const stored = localStorage.getItem(STORED);
  const bytes = stored === null ? NaN : Number(stored);
  return CHOICES.includes(bytes) ? bytes : USUAL;
}

export const useAheadBudget = (): number => useSyncExternalStore(subscribe, aheadBudget);

export function chooseAheadBudget(bytes: number): void {
  localStorage.setItem(STORED, String(bytes));
  for (const listener of listeners) listener();
}
