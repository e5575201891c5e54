/** When a study that is still coming will be here, told from how fast it came in the last minute; pure. */

export interface Seen {
  readonly at: number;
  readonly arrived: number;
}

const WINDOW = 60_000;

/** Adds what was seen now and forgets what is older than the window. */
export function remember(history: readonly Seen[], seen: Seen): Seen[] {
  const last = history.at(-1);
  if (last && seen.arrived < last.arrived) return [seen];
  return [...history.filter(({ at }) => seen.at - at <= WINDOW), seen];
}

/** Milliseconds until everything declared has arrived; null while the rate is not known or nothing moves. */
export function readyIn(history: readonly Seen[], declared: number | null): number | null {
  const first = history.at(0);
  const last = history.at(-1);
  if (!declared || !first || !last || last.at <= first.at) return null;
  const rate = (last.arrived - first.arrived) / (last.at - first.at);
  const left = declared - last.arrived;
  return rate > 0 && left > 0 ? left / rate : null;
}
