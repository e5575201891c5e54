import { useEffect, useSyncExternalStore, useState } from "react";

/** How far the hub's clock is from this browser's; waiting and due times count by the hub's (LOG-04: browser clocks are never trusted for records). */
let offset = 0;
let known = false;
const listeners = new Set<() => void>();

/** Takes the `Date` of an answer; whole seconds, so the middle of the second is the best guess. */
export function noteHubDate(header: string | null, received: number = Date.now()): void {
  const said = header === null ? Number.NaN : Date.parse(header);
  if (Number.isNaN(said)) return;
  const next = said + 500 - received;
  if (known && Math.abs(next - offset) < 1500) return;
  offset = next;
  known = true;
  for (const listener of listeners) listener();
}

export function hubNow(): number {
  return Date.now() + offset;
}

/** The same as a date: what is proposed as today, or as the time of a call, goes on record as it stands. */
export function hubDate(): Date {
  return new Date(hubNow());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function useRenewed(read: () => number, everyMilliseconds: number): number {
  const [now, setNow] = useState(read);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(read()), everyMilliseconds);
    return () => window.clearInterval(timer);
  }, [read, everyMilliseconds]);
  return now;
}

/** The hub's time, renewed every `everyMilliseconds`. */
export function useHubNow(everyMilliseconds: number): number {
  useSyncExternalStore(subscribe, () => offset);
  return useRenewed(hubNow, everyMilliseconds);
}

/** This browser's time: only for how long ago this page itself did something. */
export function useNow(everyMilliseconds: number): number {
  return useRenewed(Date.now, everyMilliseconds);
}
