import { LineGone, reach } from "@/api/reach";

/**
 * One try to bring bytes over the line: not begun while it is gone, and cut where nothing comes any more although it is
 * there. What was under way when the line went is not cut then: the hub sends on by itself as soon as it is back, while
 * a browser that gave up would have to say so first, on a connection that waits for its next attempt.
 */

/** So long no transfer brought a byte, although the hub answers: what is under way hangs. */
const SILENT = 6_000;
/** So soon after the line is back the hub must have sent on; it asks again every second (hub/serve.py). */
const RESUMED = 1_500;
/** The same where others bring bytes, behind which it may wait. */
const RESUMED_BESIDE = 3_000;
/** So long without an answer the hub's kernel gives a connection up: nothing more comes over it. */
const GIVEN_UP = 15_000;
const LOOK_EVERY = 250;

let anyCameAt = 0;

/** Brings what it can until `signal` cuts it; to call `came` whenever bytes have come. */
export type Bring = (signal: AbortSignal, came: () => void) => Promise<void>;

/** What was cut throws, like any failure of the line; what has come by then is kept by whoever tries. */
export async function lineTry(signal: AbortSignal, bring: Bring, silent = SILENT): Promise<void> {
  await reach.present(signal);
  const hangs = new AbortController();
  const cutGone = (): void => hangs.abort(new LineGone("the line is gone"));
  let ownAt = performance.now();
  let backAt = -Infinity;
  let wentAt = Infinity;
  const stop = reach.subscribe(() => {
    const now = performance.now();
    if (reach.gone) wentAt = now;
    else if (now - wentAt > GIVEN_UP && ownAt <= wentAt) cutGone();
    else backAt = now;
  });
  const timer = setInterval(() => {
    if (reach.gone) return;
    const now = performance.now();
    if (backAt <= ownAt) {
      if (now - Math.max(ownAt, anyCameAt) > silent) hangs.abort(new Error("nothing comes any more"));
    } else if (now - backAt > (anyCameAt > backAt ? RESUMED_BESIDE : RESUMED)) cutGone();
  }, LOOK_EVERY);
  const came = (): void => {
    ownAt = anyCameAt = performance.now();
    reach.heard();
  };
  try {
    await bring(AbortSignal.any([signal, hangs.signal]), came);
  } finally {
    clearInterval(timer);
    stop();
  }
}
