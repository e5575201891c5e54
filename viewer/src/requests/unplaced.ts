/** The request that is being written and not placed yet: on this computer, under its writer's key, until it is placed. */
import { useEffect, useSyncExternalStore } from "react";
import { Copy } from "@/kept/copy";
import { shelf } from "@/kept/shelf";
import { emptyDraft, sameDraft, type Draft } from "./model";

export interface Unplaced {
  readonly siteId: string;
  readonly draft: Draft;
  readonly files: readonly File[];
  readonly touched: boolean;
}

const OF = "unplaced";

/** What lies here of it: files that were chosen are the browser's to read, and are chosen again. */
type Lying = Pick<Unplaced, "siteId" | "draft">;

let kept: Unplaced | null = null;
/** What lies here is never written over before it was looked at. */
let looked = false;
const copy = new Copy<Lying>(shelf, "request", OF);
const listeners = new Set<() => void>();

/** Closing the page may be a slip, and would lose the files; going to another page of ours does not. */
const guard = (event: BeforeUnloadEvent): void => event.preventDefault();

function keep(next: Unplaced | null): void {
  kept = next;
  if (next?.touched === true) window.addEventListener("beforeunload", guard);
  else window.removeEventListener("beforeunload", guard);
  if (looked) copy.set(next?.touched === true ? { siteId: next.siteId, draft: next.draft } : null);
  for (const listener of listeners) listener();
}

/** What was begun before this page was loaded; words that were typed since stay. */
async function bringBack(): Promise<void> {
  if (looked || !shelf.isOpen) return;
  const found = await shelf.find<Lying>("request", OF);
  if (found === undefined) return;
  if (found !== null && kept?.touched !== true) {
    looked = true;
    keep({ ...found.value, files: [], touched: true });
  } else looked ||= found === null;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useUnplaced(): Unplaced | null {
  useEffect(() => {
    void bringBack();
    return shelf.subscribe(() => void bringBack());
  }, []);
  return useSyncExternalStore(subscribe, () => kept);
}

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

/** Resolves when all of it lies here. */
export const lying = (): Promise<void> => copy.settled();
