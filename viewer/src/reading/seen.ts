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

  /** Notes what a viewport shows: only a picture that is drawn whole and proved was seen; a prior's report is another. */
  note({ drawn, frame, frameView, stack }: StackViewState): void {
    if (stack.prior || !drawn || !frameView.whole || !frameView.proved || this.#images.has(frame.imageId)) return;
    this.#images.set(frame.imageId, {
      sop_instance_uid: frame.instance.sopInstanceUid,
      frame: frame.frameNumber,
      digest: frame.digest,
    });
    for (const listener of this.#listeners) listener();
  }

  readonly images = (): readonly ImageRead[] => [...this.#images.values()];

  /** How many they are. */
  readonly current = (): number => this.#images.size;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}
