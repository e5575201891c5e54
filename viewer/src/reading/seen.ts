import type { ImageRead } from "@/api/types";
import type { StackViewState } from "@/viewports/StackView";

/** Images that were on the screen whole and proved, with the digest that was shown (REC-15); outlives a room made anew. */
export class Seen {
  readonly #images = new Map<string, ImageRead>();
  readonly #listeners = new Set<() => void>();
  readonly #frames = new Map<string, Map<string, number>>();
  #current = 0;

  /** Notes what a viewport shows: only a picture that is drawn whole and proved was seen. */
  note({ drawn, frame, frameView, stack }: StackViewState): void {
    if (!drawn || !frameView.whole || !frameView.proved || this.#images.has(frame.imageId)) return;
    this.#images.set(frame.imageId, {
      sop_instance_uid: frame.instance.sopInstanceUid,
      frame: frame.frameNumber,
      digest: frame.digest,
    });
    if (!stack.prior) this.#current += 1;
    this.#count(frame.instance.studyInstanceUid, frame.instance.seriesInstanceUid);
    for (const listener of this.#listeners) listener();
  }

  readonly images = (): readonly ImageRead[] => [...this.#images.values()];

  /** How many of them are of the current study. */
  readonly current = (): number => this.#current;

  /** How many frames of each series, by study: what the hub keeps as evidence (LOG-11). */
  readonly frames = (): ReadonlyMap<string, ReadonlyMap<string, number>> => this.#frames;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #count(study: string, series: string): void {
    const ofStudy = this.#frames.get(study) ?? new Map<string, number>();
    this.#frames.set(study, ofStudy.set(series, (ofStudy.get(series) ?? 0) + 1));
  }
}
