import { items, numbers, text, type Dataset } from "@/images/dicomJson";

/** One object that another names, and which of its frames; none means all of them (PS3.3 10.3). */
export interface Reference {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly frames: readonly number[];
}

const referenceOf = (dataset: Dataset): Reference => ({
  sopClassUid: text(dataset, "00081150"),
  sopInstanceUid: text(dataset, "00081155"),
  frames: numbers(dataset, "00081160"),
});

/** What the items of a sequence name, in their order. */
export const references = (dataset: Dataset, sequence: string): Reference[] =>
  items(dataset, sequence)
    .map(referenceOf)
    .filter(({ sopInstanceUid }) => sopInstanceUid !== "");
