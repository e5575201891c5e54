import { item, items, number, numbers, text, texts, words, type Dataset } from "./dicomJson";
import type { LookUpTable, ModalityTransform, Palette, PixelDescription, VoiChoice, VoiFunction } from "./frame";
import type { FrameAttributes } from "./functionalGroups";

/** Image Pixel, Modality LUT and VOI LUT, read from the object or from the frame's functional groups. */

const PIXEL_VALUE_TRANSFORMATION = "00289145";
const FRAME_VOI_LUT = "00289132";

export function pixelDescription(object: Dataset): PixelDescription {
  const signed = number(object, "00280103") === 1;
  const photometricInterpretation = text(object, "00280004") || "MONOCHROME2";
  const bitsAllocated = number(object, "00280100") ?? 16;
  const bitsStored = number(object, "00280101") ?? bitsAllocated;
  return {
    rows: number(object, "00280010") ?? 0,
    columns: number(object, "00280011") ?? 0,
    samplesPerPixel: number(object, "00280002") ?? 1,
    bitsAllocated,
    bitsStored,
    highBit: number(object, "00280102") ?? bitsStored - 1,
    signed,
    float: object["7FE00008"] !== undefined || object["7FE00009"] !== undefined,
    photometricInterpretation,
    planarConfiguration: number(object, "00280006") ?? 0,
    palette: photometricInterpretation === "PALETTE COLOR" ? palette(object) : null,
    overlayInUnusedBits: Object.entries(object).some(
      ([tag, element]) => /^60[0-9A-F]{2}0102$/.test(tag) && Number(element?.Value?.[0] ?? 0) > 0,
    ),
    padding: padding(object),
  };
}

function padding(object: Dataset): PixelDescription["padding"] {
  const value = number(object, "00280120");
  if (value === null) return null;
  const limit = number(object, "00280121") ?? value;
  return { low: Math.min(value, limit), high: Math.max(value, limit) };
}

/** LUT Descriptor: entries (0 means 65,536), first value mapped, bits an entry (PS3.3 C.11.1.1). */
function descriptor(dataset: Dataset, tag: string): { entries: number; first: number; bits: number } {
  const [entries = 0, first = 0, bits = 16] = numbers(dataset, tag);
  return { entries: entries === 0 ? 65_536 : entries, first, bits };
}

function channel(object: Dataset, descriptorTag: string, dataTag: string, segmentedTag: string): Uint8Array {
  const { entries, bits } = descriptor(object, descriptorTag);
  const segmented = words(object, segmentedTag);
  const plain = segmented.length > 0 ? unfoldSegments(segmented) : words(object, dataTag);
  const values = bits === 8 && plain.length * 2 === entries ? plain.flatMap((word) => [word & 255, word >> 8]) : plain;
  // 16-bit entries are scaled to the display's 8; some senders put 8-bit values into 16-bit entries.
  const wide = bits > 8 && values.some((value) => value > 255);
  return Uint8Array.from({ length: entries }, (_, index) => {
    const value = values[Math.min(index, values.length - 1)] ?? 0;
    return wide ? value >> 8 : value;
  });
}

/** Segmented Palette Color LUT Data: discrete and linear segments (PS3.3 C.7.9.2). Indirect segments are not unfolded. */
function unfoldSegments(segments: readonly number[]): number[] {
  const out: number[] = [];
  for (let at = 0; at + 1 < segments.length;) {
    const [kind = 0, length = 0] = [segments[at], segments[at + 1]];
    if (kind === 0) {
      out.push(...segments.slice(at + 2, at + 2 + length));
      at += 2 + length;
    } else if (kind === 1) {
      const from = out.at(-1) ?? 0;
      const to = segments[at + 2] ?? from;
      for (let step = 1; step <= length; step += 1) out.push(Math.round(from + ((to - from) * step) / length));
      at += 3;
    } else return out;
  }
  return out;
}

function palette(object: Dataset): Palette {
  return {
    firstValueMapped: descriptor(object, "00281101").first,
    red: channel(object, "00281101", "00281201", "00281221"),
    green: channel(object, "00281102", "00281202", "00281222"),
    blue: channel(object, "00281103", "00281203", "00281223"),
  };
}

/** First Value Mapped is signed or not as the values that go in are; a JSON writer may have got it wrong (PS3.3 C.11.1.1). */
function table(dataset: Dataset, signedInput: boolean): LookUpTable | null {
  const values = words(dataset, "00283006");
  if (values.length === 0) return null;
  const { entries, first, bits } = descriptor(dataset, "00283002");
  const packed = bits <= 8 && values.length * 2 === entries;
  const out = packed ? values.flatMap((word) => [word & 255, word >> 8]) : values.slice(0, entries);
  return {
    firstValueMapped:
      signedInput && first > 32_767 ? first - 65_536 : !signedInput && first < 0 ? first + 65_536 : first,
    bits: bits >= 1 && bits <= 16 ? bits : 16,
    values: out,
    explanation: text(dataset, "00283003"),
  };
}

const IDENTITY: ModalityTransform = { slope: 1, intercept: 0, unit: "", table: null };

export function modalityTransform(attributes: FrameAttributes, pixel: PixelDescription): ModalityTransform {
  const group = attributes.group(PIXEL_VALUE_TRANSFORMATION);
  const from = group ?? attributes.object;
  const sequence = attributes.enhanced ? {} : item(attributes.object, "00283000");
  const modalityTable = table(sequence, pixel.signed);
  if (modalityTable !== null)
    return { ...IDENTITY, table: modalityTable, unit: unitOf(text(sequence, "00283004"), attributes) };
  const slope = number(from, "00281053");
  if (slope === null || slope === 0) return { ...IDENTITY, unit: unitOf("", attributes) };
  return {
    slope,
    intercept: number(from, "00281052") ?? 0,
    unit: unitOf(text(from, "00281054"), attributes),
    table: null,
  };
}

/** HU is implied for CT (PS3.3 C.8.2.1.1.2); PET says its unit elsewhere (PS3.3 C.8.9.1.1.3). US means unspecified. */
function unitOf(rescaleType: string, attributes: FrameAttributes): string {
  if (rescaleType !== "" && rescaleType !== "US") return rescaleType;
  const modality = text(attributes.object, "00080060");
  if (modality === "CT" && rescaleType === "") return "HU";
  return modality === "PT" ? text(attributes.object, "00541001") : "";
}

function voiFunction(dataset: Dataset): VoiFunction {
  const named = text(dataset, "00281056");
  return named === "SIGMOID" || named === "LINEAR_EXACT" ? named : "LINEAR";
}

/**
 * All the object offers, tables first: where both are given either may be used, and IHE Mammography asks for all of
 * them to be selectable (PS3.3 C.11.2.1.1; IHE RAD TF-2 4.16.4.2.2.1). Digital breast tomosynthesis has them per frame only.
 */
export function voiChoices(
  attributes: FrameAttributes,
  modality: ModalityTransform,
  pixel: PixelDescription,
): VoiChoice[] {
  const from = attributes.group(FRAME_VOI_LUT) ?? attributes.object;
  const signedInput = modality.table === null && (pixel.signed || modality.intercept < 0);
  const tables = items(from, "00283010")
    .map((one) => table(one, signedInput))
    .filter((one) => one !== null);
  const [centers, widths] = [numbers(from, "00281050"), numbers(from, "00281051")];
  const explanations = texts(from, "00281055");
  return [
    ...tables.map((one): VoiChoice => ({ kind: "table", table: one })),
    ...centers.slice(0, widths.length).map((center, index): VoiChoice => ({
      kind: "window",
      center,
      width: widths[index] ?? 1,
      function: voiFunction(from),
      explanation: explanations[index] ?? "",
    })),
  ];
}
