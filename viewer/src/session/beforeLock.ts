/** What must reach the hub while the session still stands: drafts register here and are saved before the page is locked. */
/** What the window hears when the page is blanked. */
export const LOCKED = "dokuei:locked";

type Saves = () => Promise<unknown>;

const saves = new Set<Saves>();

/** Registers a save; returns how to withdraw it. */
export function beforeLock(save: Saves): () => void {
  saves.add(save);
  return () => saves.delete(save);
}

/** Runs all saves, but waits no longer than the given time: a dead line must not keep the page open. */
export async function saveAll(limitMilliseconds = 3000): Promise<void> {
  const all = Promise.allSettled([...saves].map((save) => save()));
  await Promise.race([all, new Promise((resolve) => setTimeout(resolve, limitMilliseconds))]);
}
