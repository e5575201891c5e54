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
const LOOK_EVERY = 250;

let cameAt = 0;

/** Bytes have come, in whichever transfer. */
export function bytesCame(): void {
  cameAt = performance.now();
  reach.heard();
}

/** What was cut throws, like any failure of the line; what has come by then is kept by whoever tries. */
export async function lineTry(signal: AbortSignal, bring: (signal: AbortSignal) => Promise<void>): Promise<void> {
  await reach.present(signal);
  const hangs = new AbortController();
  const began = performance.now();
  let backAt = -Infinity;
  const stop = reach.subscribe(() => {
    if (!reach.gone) backAt = performance.now();
  });
  const timer = setInterval(() => {
    if (reach.gone) return;
    const lastAt = Math.max(began, cameAt);
    const isResuming = backAt > lastAt;
    if (performance.now() - Math.max(lastAt, backAt) <= (isResuming ? RESUMED : SILENT)) return;
    hangs.abort(isResuming ? new LineGone("the line is gone") : new Error("nothing comes any more"));
  }, LOOK_EVERY);
  try {
    await bring(AbortSignal.any([signal, hangs.signal]));
  } finally {
    clearInterval(timer);
    stop();
  }
}
