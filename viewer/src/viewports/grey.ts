import type { LookUpTable, ModalityTransform, PixelDescription, VoiChoice, VoiFunction } from "@/images/frame";

/**
 * From stored value to grey: Modality LUT, VOI LUT or window, then presentation (PS3.3 C.11, PS3.14). The one place that
 * says how bright a pixel is; the GPU and the CPU renderer both take their tables from here.
 */

/** How a viewport looks at its image now: one of the object's own choices, moved by the reader where he dragged it. */
export interface GreyState {
  readonly choice: VoiChoice;
  /** In modality units; for a table: where its middle is laid and over how many input values it is stretched. */
  readonly center: number;
  readonly width: number;
  readonly inverted: boolean;
}

/** A grey curve over stored values: constant below `low` and above `high`. */
export interface GreyCurve {
  readonly low: number;
  readonly high: number;
  readonly padding: PixelDescription["padding"];
  /** 0 (black) to 1 (white). */
  at(stored: number): number;
}

export function stateOf(choice: VoiChoice, inverted = false): GreyState {
  if (choice.kind === "window") return { choice, center: choice.center, width: choice.width, inverted };
  const { firstValueMapped, values } = choice.table;
  return { choice, center: firstValueMapped + (values.length - 1) / 2, width: values.length, inverted };
}

/** A window over all values that occur, where the object offers none (PS3.3 C.11.2.1.2). */
export function fullRange(minimum: number, maximum: number, modality: ModalityTransform): VoiChoice {
  const [a, b] = [toModality(minimum, modality), toModality(maximum, modality)];
  const [low, high] = [Math.min(a, b), Math.max(a, b)];
  const width = Math.max(high - low, Number.EPSILON);
  return { kind: "window", center: (low + high) / 2, width, function: "LINEAR_EXACT", explanation: "" };
}

/** Whether it is still the window over all values, which the object did not ask for. */
export function isFullRange({ choice, center, width }: GreyState, offered: readonly VoiChoice[]): boolean {
  return offered.length === 0 && choice.kind === "window" && center === choice.center && width === choice.width;
}

export function toModality(stored: number, modality: ModalityTransform): number {
  if (modality.table === null) return stored * modality.slope + modality.intercept;
  return tableAt(modality.table, stored);
}

function tableAt(table: LookUpTable, input: number): number {
  const index = Math.min(Math.max(Math.round(input) - table.firstValueMapped, 0), table.values.length - 1);
  return table.values[index] ?? 0;
}

/** PS3.3 C.11.2.1.2.1, C.11.2.1.3.1 and C.11.2.1.3.2, with output from 0 to 1. */
export function windowed(value: number, center: number, width: number, fn: VoiFunction): number {
  if (fn === "SIGMOID") return 1 / (1 + Math.exp((-4 * (value - center)) / width));
  if (fn === "LINEAR_EXACT") {
    if (value <= center - width / 2) return 0;
    if (value > center + width / 2) return 1;
    return (value - center) / width + 0.5;
  }
  const half = (Math.max(width, 1) - 1) / 2;
  if (value <= center - 0.5 - half) return 0;
  if (value > center - 0.5 + half) return 1;
  return (value - (center - 0.5)) / (half * 2) + 0.5;
}

/** Where the window's slope begins and ends. A sigmoid is taken to ±2 widths, where it is within 0.04 % of its end. */
function windowEnds(center: number, width: number, fn: VoiFunction): [number, number] {
  if (fn === "SIGMOID") return [center - 2 * width, center + 2 * width];
  if (fn === "LINEAR_EXACT") return [center - width / 2, center + width / 2];
  const half = (Math.max(width, 1) - 1) / 2;
  return [center - 0.5 - half, center - 0.5 + half];
}

interface ModalityCurve {
  readonly low: number;
  readonly high: number;
  at(value: number): number;
}

function voiCurve({ choice, center, width }: GreyState): ModalityCurve {
  if (choice.kind === "window") {
    const [low, high] = windowEnds(center, width, choice.function);
    return { low, high, at: (value) => windowed(value, center, width, choice.function) };
  }
  const { table } = choice;
  const base = stateOf(choice);
  const stretch = base.width / width;
  const top = 2 ** table.bits - 1;
  const input = (value: number): number => base.center + (value - center) * stretch;
  const half = (table.values.length - 1) / 2 / stretch;
  return { low: center - half, high: center + half, at: (value) => tableAt(table, input(value)) / top };
}

/** The curve over stored values. MONOCHROME1 is dark where values are high; padding is black whatever else (IHE MAMMO). */
export function greyCurve(state: GreyState, modality: ModalityTransform, pixel: PixelDescription): GreyCurve {
  const voi = voiCurve(state);
  const reversed = (pixel.photometricInterpretation === "MONOCHROME1") !== state.inverted;
  const { padding } = pixel;
  const grey = (stored: number): number => {
    if (padding !== null && stored >= padding.low && stored <= padding.high) return 0;
    const value = voi.at(toModality(stored, modality));
    return reversed ? 1 - value : value;
  };
  const [low, high] = withinCells(storedEnds(voi, modality), pixel);
  return { ...withPadding(low, high, padding, reversed), padding, at: grey };
}

function storedEnds(voi: ModalityCurve, modality: ModalityTransform): [number, number] {
  if (modality.table !== null) {
    const { firstValueMapped, values } = modality.table;
    return [firstValueMapped, firstValueMapped + values.length - 1];
  }
  const ends = [voi.low, voi.high].map((value) => (value - modality.intercept) / modality.slope);
  return [Math.min(...ends), Math.max(...ends)];
}

/** No further than cells can go: a sigmoid's long ends need no entries of the table. */
function withinCells([low, high]: [number, number], { bitsStored, signed, float }: PixelDescription): [number, number] {
  if (float || bitsStored > 16) return [low, high];
  const least = signed ? -(2 ** (bitsStored - 1)) : 0;
  const most = least + 2 ** bitsStored - 1;
  // A window that lies beside all cells still has its two ends.
  if (high < least || low > most) return [low, high];
  return [Math.max(low, least), Math.min(high, most)];
}

/** The curve reaches to the padding only where the padding would not be black anyway. */
function withPadding(
  low: number,
  high: number,
  padding: PixelDescription["padding"],
  reversed: boolean,
): { low: number; high: number } {
  if (padding === null) return { low, high };
  const belowIsBlack = !reversed;
  if (padding.high < low && !belowIsBlack) return { low: padding.low - 1, high };
  if (padding.low > high && belowIsBlack) return { low, high: padding.high + 1 };
  return { low, high };
}

export interface GreyTable {
  /** Stored values at the outer edges of the first and last entry. */
  readonly from: number;
  readonly to: number;
  /** 0 to 1, one for the middle of each entry. */
  readonly greys: Float32Array;
}

/**
 * The curve as a table of at most `entries`, an entry for each stored value where that is enough: then no value is
 * interpolated at all.
 */
export function greyTable(curve: GreyCurve, entries: number): GreyTable {
  const [first, last] = [Math.floor(curve.low) - 1, Math.ceil(curve.high) + 1];
  const integers = last - first + 1;
  const fine = integers > entries || curve.high - curve.low < 16;
  const margin = ((curve.high - curve.low) / entries) * 2 || 0.5;
  const [from, to] = fine ? [curve.low - margin, curve.high + margin] : [first - 0.5, last + 0.5];
  const count = fine ? entries : integers;
  const step = (to - from) / count;
  const greyOf = (index: number): number => {
    const start = from + index * step;
    const isPadding = curve.padding !== null && start <= curve.padding.high && start + step >= curve.padding.low;
    return fine && isPadding ? 0 : curve.at(start + step / 2);
  };
  return { from, to, greys: Float32Array.from({ length: count }, (_, index) => greyOf(index)) };
}
