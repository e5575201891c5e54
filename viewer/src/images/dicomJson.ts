/** Reading the DICOM JSON Model (PS3.18 F.2): one element at a time, never throwing on what is missing. */

export interface Element {
  readonly vr: string;
  readonly Value?: readonly unknown[];
  readonly InlineBinary?: string;
  readonly BulkDataURI?: string;
}

export type Dataset = Readonly<Record<string, Element | undefined>>;

const NOTHING: Dataset = {};

export function texts(dataset: Dataset, tag: string): string[] {
  return (dataset[tag]?.Value ?? []).map((value) =>
    typeof value === "string" ? value.trim() : typeof value === "number" ? String(value) : "",
  );
}

export const text = (dataset: Dataset, tag: string): string => texts(dataset, tag)[0] ?? "";

/** DS and IS come as numbers, or as text where a sender kept them so. */
export function numbers(dataset: Dataset, tag: string): number[] {
  return (dataset[tag]?.Value ?? [])
    .map((value) => (typeof value === "number" ? value : typeof value === "string" ? Number.parseFloat(value) : NaN))
    .filter((value) => Number.isFinite(value));
}

export const number = (dataset: Dataset, tag: string): number | null => numbers(dataset, tag)[0] ?? null;

export function items(dataset: Dataset, tag: string): Dataset[] {
  return (dataset[tag]?.Value ?? []).filter(
    (value): value is Dataset => typeof value === "object" && value !== null && !Array.isArray(value),
  );
}

export const item = (dataset: Dataset, tag: string): Dataset => items(dataset, tag)[0] ?? NOTHING;

/** A code's meaning and value (PS3.3 8.8). */
export interface Code {
  readonly value: string;
  readonly scheme: string;
  readonly meaning: string;
}

export const codes = (dataset: Dataset, tag: string): Code[] =>
  items(dataset, tag).map((code) => ({
    value: text(code, "00080100"),
    scheme: text(code, "00080102"),
    meaning: text(code, "00080104"),
  }));

/** Words of an OW, OB or US element that is inside the JSON; null where it stands elsewhere (BulkDataURI). */
export function inlineBytes(element: Element | undefined): Uint8Array | null {
  if (element?.InlineBinary === undefined) return null;
  return Uint8Array.from(atob(element.InlineBinary), (character) => character.charCodeAt(0));
}

/** 16-bit little-endian words of an element, whether it is US (numbers) or OW (binary): LUT Data comes as either (PS3.3 C.11.1). */
export function words(dataset: Dataset, tag: string, signed = false): number[] {
  const element = dataset[tag];
  const bytes = inlineBytes(element);
  if (bytes === null) return numbers(dataset, tag);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength - (bytes.byteLength % 2));
  return Array.from({ length: view.byteLength / 2 }, (_, index) =>
    signed ? view.getInt16(index * 2, true) : view.getUint16(index * 2, true),
  );
}

/** Elements whose bytes stand at an address of their own, to be fetched before the object can be described. */
export function bulkDataUris(dataset: Dataset, tags: ReadonlySet<string>): { element: Element; uri: string }[] {
  return Object.entries(dataset).flatMap(([tag, element]) => {
    if (element === undefined) return [];
    const own = element.BulkDataURI !== undefined && tags.has(tag) ? [{ element, uri: element.BulkDataURI }] : [];
    const inner = element.vr === "SQ" ? items(dataset, tag).flatMap((child) => bulkDataUris(child, tags)) : [];
    return [...own, ...inner];
  });
}
