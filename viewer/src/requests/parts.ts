import type { Clinical } from "./shapes";
import type { Draft, Gap } from "./model";

/** What each part of the form is given. */
export interface PartProps {
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
  /** The words for the first of these that is missing; undefined as long as nobody asked to place the request. */
  readonly wrong: (...gaps: Gap[]) => string | undefined;
}

/** Writes into the clinical part. */
export const clinically =
  ({ draft, change }: PartProps) =>
  (part: Partial<Clinical>): void =>
    change({ clinical: { ...draft.clinical, ...part } });
