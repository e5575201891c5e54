/** The request that is being written and not placed yet: in this page's memory only, as it names a patient. */
import { useSyncExternalStore } from "react";
import { emptyDraft, sameDraft, type Draft } from "./model";

export interface Unplaced {
  readonly siteId: string;
  readonly draft: Draft;
  readonly files: readonly File[];
  readonly touched: boolean;
}

let kept: Unplaced | null = null;
const listeners = new Set<() => void>();

/** Closing or reloading the page would lose it; going to another page of ours does not. */
const guard = (event: BeforeUnloadEvent): void => event.preventDefault();

function keep(next: Unplaced | null): void {
  kept = next;
  if (next?.touched === true) window.addEventListener("beforeunload", guard);
  else window.removeEventListener("beforeunload", guard);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useUnplaced = (): Unplaced | null => useSyncExternalStore(subscribe, () => kept);

/** Begins, or goes on with what was begun. */
export function begin(siteId: string, today: string): Unplaced {
  kept ??= { siteId, draft: emptyDraft(today), files: [], touched: false };
  return kept;
}

export function write(change: Partial<Pick<Unplaced, "siteId" | "draft" | "files">>): void {
  if (kept === null) return;
  const next = { ...kept, ...change };
  const changed = !sameDraft(next.draft, kept.draft) || next.files !== kept.files || next.siteId !== kept.siteId;
  keep({ ...next, touched: kept.touched || changed });
}

export function forget(): void {
  keep(null);
}
