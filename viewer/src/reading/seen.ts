import type { ImageRead } from "@/api/types";
import type { Shown } from "@/report/shown";
import type { StackView, StackViewState } from "@/viewports/StackView";

/** The image of the current study that a viewport shows. */
export function shownIn(view: StackView | null): Shown | null {
  if (view === null || view.state.stack.prior) return null;
  const { frame } = view.state;
  const { sopInstanceUid, breast } = frame.instance;
  return { sop_instance_uid: sopInstanceUid, frame: frame.frameNumber, laterality: breast.laterality };
}

/** Images that were on the screen whole and proved, with the digest that was shown (REC-15); outlives a room made anew. */
export class Seen {
  readonly #images = new Map<string, ImageRead>();
  readonly #listeners = new Set<() => void>();
  readonly #noted = new Set<string>();
  readonly #priors = new Set<string>();
  readonly #frames = new Map<string, Map<string, number>>();

  /** Notes what a viewport shows: only a picture that is drawn whole and proved was seen; a prior's report is another. */
  note({ drawn, frame, frameView, stack }: StackViewState): void {
    if (drawn && frameView.whole && stack.prior) this.#priors.add(frame.instance.studyInstanceUid);
    if (!drawn || !frameView.whole || !frameView.proved || this.#noted.has(frame.imageId)) return;
    this.#noted.add(frame.imageId);
    this.#count(frame.instance.studyInstanceUid, frame.instance.seriesInstanceUid);
    if (!stack.prior) {
      this.#images.set(frame.imageId, {
        sop_instance_uid: frame.instance.sopInstanceUid,
        frame: frame.frameNumber,
        digest: frame.digest,
      });
    }
    for (const listener of this.#listeners) listener();
  }

  readonly images = (): readonly ImageRead[] => [...this.#images.values()];

  /** Studies before this one of which an image was on the screen, whole: what was compared (REPORT-11). */
  readonly priors = (): readonly string[] => [...this.#priors];

  /** How many they are. */
  readonly current = (): number => this.#images.size;

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
