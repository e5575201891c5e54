import type { FrameStore } from "@/images/store";
import type { Focus } from "@/images/queue";
import type { Frame } from "@/images/frame";
import type { Stack } from "@/hanging/plan";
import type { Registrations } from "@/images/registration";
import type { StackView } from "@/viewports/StackView";
import { Following } from "./following";
import type { Seen } from "./seen";

/** The viewports that are open now, and what they have in common: what to fetch next, one scale, what was seen. */
export class Views {
  readonly following: Following;
  readonly #views = new Map<number, StackView>();
  readonly #stops = new Map<number, () => void>();
  readonly #seen: Seen;
  readonly #store: FrameStore;
  readonly #thumbnails: readonly Focus[];
  #active = 0;
  #next: { readonly cell: number; readonly stack: Stack; readonly index: number } | null = null;
  #wanted = "";
  #looking = false;

  constructor(store: FrameStore, stacks: readonly Stack[], seen: Seen, registrations: Registrations) {
    this.following = new Following(registrations);
    this.#store = store;
    this.#seen = seen;
    this.#thumbnails = stacks
      .map(middleOf)
      .filter((frame) => frame !== undefined)
      .map((frame) => ({ frames: [frame], index: 0, direction: 0, kind: "thumbnail" }));
  }

  set(cell: number, view: StackView | null): void {
    this.#stops.get(cell)?.();
    this.#stops.delete(cell);
    this.#views.delete(cell);
    this.following.set(cell, view);
    if (view !== null) {
      this.#views.set(cell, view);
      this.#stops.set(
        cell,
        view.subscribe(() => this.#moved(view)),
      );
      this.#goOn(cell, view);
    }
    this.look();
    this.sameSize();
  }

  at(cell: number): StackView | null {
    return this.#views.get(cell) ?? null;
  }

  /** Goes to an image of a stack as soon as the viewport shows it. */
  goTo(cell: number, stack: Stack, index: number): void {
    this.#next = { cell, stack, index };
    const view = this.#views.get(cell);
    if (view !== undefined) this.#goOn(cell, view);
  }

  #goOn(cell: number, view: StackView): void {
    if (this.#next === null || this.#next.cell !== cell || this.#next.stack !== view.state.stack) return;
    view.scrollTo(this.#next.index);
    this.#next = null;
  }

  activate(cell: number): void {
    this.#active = cell;
    this.following.activate(cell);
    this.look();
  }

  /** Tells the store where the reader is; viewports that open together count as one change. */
  look(): void {
    if (this.#looking) return;
    this.#looking = true;
    queueMicrotask(() => {
      this.#looking = false;
      this.#tellStore();
    });
  }

  #tellStore(): void {
    const shown = [...this.#views].map(([cell, view]): Focus => {
      const { stack, index, direction } = view.state;
      return { frames: stack.frames, index, direction, kind: cell === this.#active ? "active" : "shown" };
    });
    const key = shown.map((focus) => `${focus.frames[focus.index]?.imageId ?? ""}${focus.kind}`).join();
    if (key === this.#wanted) return;
    this.#wanted = key;
    this.#store.look([...shown, ...this.#thumbnails]);
  }

  /** Viewports that are compared show their images at one physical scale (IHE MAMMO, "same size"). */
  sameSize(): void {
    const groups = Map.groupBy(this.#views.values(), (view) => view.placement.sameSize);
    for (const [name, views] of groups) {
      const scales = views.map((view) => view.naturalScale()).filter((scale) => scale !== null);
      const scale = name === null || scales.length < 2 ? undefined : Math.min(...scales);
      for (const view of views) view.fitAt(scale);
    }
  }

  resized(): void {
    for (const view of this.#views.values()) view.resized();
    this.sameSize();
  }

  #moved(view: StackView): void {
    this.following.moved(view);
    this.look();
    this.#seen.note(view.state);
  }
}

export const middleOf = (stack: Stack): Frame | undefined => stack.frames[Math.floor(stack.frames.length / 2)];
