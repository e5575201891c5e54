/** What must reach the hub while the session still stands: drafts register here and are saved before the page is locked. */
/** What the window hears when the page is blanked. */
export const LOCKED = "dokuei:locked";

/** Resolves to false, or rejects, where not all of it could be brought there. */
type Saves = () => Promise<unknown>;

const saves = new Set<Saves>();

/** Registers a save; returns how to withdraw it. */
export function beforeLock(save: Saves): () => void {
  saves.add(save);
  return () => saves.delete(save);
}

/** Runs all saves, but waits no longer than the given time: a dead line must not keep the page open. Whether all are through. */
export function saveAll(limitMilliseconds = 3000): Promise<boolean> {
  const each = Promise.all([...saves].map((save) => save().catch(() => false)));
  const all = each.then((saved) => !saved.includes(false));
  return Promise.race([all, new Promise<boolean>((resolve) => setTimeout(() => resolve(false), limitMilliseconds))]);
}
