import type { LineCheck, LineKind, LineStanding } from "@/api/types";
import type { Tone } from "@/ui/Chip";
import type { Shape } from "@/ui/shapes";

/** Lines as they are shown. Pure. */

export type Look = LineStanding["state"];

/** Green is measured and within its day; what was not measured is not known, and not bad. */
export const LOOKS: Readonly<Record<Look, readonly [Tone, Shape]>> = {
  none: ["idle", "hollow"],
  stale: ["idle", "clock"],
  elsewhere: ["attention", "triangle"],
  fit: ["good", "check"],
  prefetch: ["attention", "half"],
  unfit: ["danger", "slash"],
};

/** Whether the last check says something of the line as it is now. */
export const isKnown = (look: Look): boolean => look === "fit" || look === "prefetch" || look === "unfit";

/** Which kind of study a case is by what the list knows of it; the hub tells tomosynthesis by its objects. */
export function kindOf(modalities: readonly string[], priors: boolean): LineKind | null {
  if (modalities.includes("MG")) return priors ? "mammography_priors" : "mammography";
  if (modalities.includes("PT")) return "pet_ct";
  if (modalities.includes("MR")) return "mri";
  return modalities.includes("US") ? "ultrasound" : null;
}

export interface Line {
  readonly line: string;
  /** The latest first. */
  readonly checks: readonly [LineCheck, ...LineCheck[]];
}

/** Checks of one line together; gateways first, then the line that was checked last. */
export function linesOf(checks: readonly LineCheck[]): Line[] {
  const found = new Map<string, [LineCheck, ...LineCheck[]]>();
  for (const check of checks) {
    const known = found.get(check.line);
    if (known === undefined) found.set(check.line, [check]);
    else known.push(check);
  }
  const lines = [...found].map(([line, known]) => ({ line, checks: known }));
  const gateway = ({ checks: [last] }: Line): number => (last.kind === "gateway" ? 0 : 1);
  return lines.sort((a, b) => gateway(a) - gateway(b));
}

const MEGABIT = 1e6;

/** Mbit/s with as many digits as such a measurement is worth. */
export function megabits(bits: number): string {
  const value = bits / MEGABIT;
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** Seconds likewise. */
export const secondsText = (seconds: number): string => (seconds >= 10 ? seconds.toFixed(0) : seconds.toFixed(1));

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where each check stands in a plot of this size; the time goes to the right, the rate upward from zero. */
export function plotted(
  checks: readonly LineCheck[],
  rate: (check: LineCheck) => number,
  most: number,
  { width, height }: { readonly width: number; readonly height: number },
): Point[] {
  const times = checks.map(({ at }) => Date.parse(at));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  return checks
    .map((check, index) => ({
      x: last === first ? width / 2 : (((times[index] ?? first) - first) / (last - first)) * width,
      y: height - (rate(check) / Math.max(most, 1)) * height,
    }))
    .reverse();
}

/** The plot's upper end: one, two or five times a power of ten, at or above the largest. */
export function topOf(largest: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(largest, 1)));
  return [1, 2, 5, 10].map((times) => times * power).find((top) => top >= largest) ?? largest;
}
