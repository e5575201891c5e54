import type { StackView } from "@/viewports/StackView";

/** The pace of a cine: what the images ask for, and what is reached. Images a second. Pure. */
export interface Pace {
  readonly wanted: number;
  readonly reached: number;
  /** The object says nothing of a pace: it is ours. */
  readonly assumed: boolean;
}

export type CineView = Pick<StackView, "scrollBy"> & {
  readonly state: Pick<StackView["state"], "drawn" | "frame">;
};

interface Shown {
  readonly at: number;
  readonly stands: number;
}

const ASSUMED_MILLISECONDS = 100;
const LOOKS_BACK = 2_000;
const ENOUGH = 0.93;

export const keepsUp = ({ wanted, reached }: Pace): boolean => reached >= wanted * ENOUGH;

/**
 * Runs through a stack, each image in its turn: one that is not on the screen yet is waited for, however long it takes,
 * unless it can never be there, and none is left out to catch up.
 */
export class Cine {
  #due = Infinity;
  #shown: readonly Shown[] = [];
  #assumed = false;

  tick(now: number, view: CineView): void {
    if (this.#shown.length === 0) this.#show(now, now, view);
    if (now < this.#due || !view.state.drawn) return;
    view.scrollBy(1, true);
    this.#show(now, this.#due, view);
  }

  /** A little late is made up for by the next image, which keeps the pace on a display's beat; more is not. */
  #show(now: number, since: number, view: CineView): void {
    const time = view.state.frame.frameTime;
    const stands = time ?? ASSUMED_MILLISECONDS;
    this.#assumed = time === null;
    this.#due = Math.max(since + stands, now);
    const lately = now - Math.max(LOOKS_BACK, 4 * stands);
    this.#shown = [...this.#shown.filter(({ at }) => at > lately), { at: now, stands }];
  }

  /** Over the last seconds; null until something can be said. An image that is overdue counts against it. */
  pace(now: number): Pace | null {
    const [first, last] = [this.#shown[0], this.#shown.at(-1)];
    if (first === undefined || last === undefined) return null;
    const overdue = Math.max(now - last.at - last.stands, 0);
    const span = last.at - first.at + overdue;
    if (span < LOOKS_BACK / 4) return null;
    const stood = this.#shown.slice(0, -1).reduce((sum, { stands }) => sum + stands, 0);
    const steps = this.#shown.length - 1;
    const wanted = 1000 / (steps > 0 ? stood / steps : last.stands);
    return { wanted, reached: (steps / span) * 1000, assumed: this.#assumed };
  }
}
