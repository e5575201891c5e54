import { reach } from "@/api/reach";

/** One try to bring bytes over the line: not begun while it is gone, cut when it goes or when nothing comes any more. */

/** So long no transfer brought a byte, although the hub answers: what is under way hangs. */
const SILENT = 6_000;
const LOOK_EVERY = 1_000;

let cameAt = 0;

/** Bytes have come, in whichever transfer. */
export function bytesCame(): void {
  cameAt = performance.now();
  reach.heard();
}

/** What was cut throws, like any failure of the line; what has come by then is kept by whoever tries. */
export async function lineTry(signal: AbortSignal, bring: (signal: AbortSignal) => Promise<void>): Promise<void> {
  await reach.present(signal);
  const silence = new AbortController();
  const began = performance.now();
  const timer = setInterval(() => {
    if (performance.now() - Math.max(began, cameAt) > SILENT) silence.abort(new Error("nothing comes any more"));
  }, LOOK_EVERY);
  try {
    await bring(AbortSignal.any([signal, reach.cut, silence.signal]));
  } finally {
    clearInterval(timer);
  }
}
