import type { FrameStore } from "@/images/store";
import type { Focus } from "@/images/queue";
import type { Frame } from "@/images/frame";
import type { Hanging } from "@/hanging/hang";
import type { Stack } from "@/hanging/plan";
import type { Registrations } from "@/images/registration";
import type { Stance } from "@/viewports/stance";
import type { StackView } from "@/viewports/StackView";
import { Following, type Links } from "./following";
import type { Seen } from "./seen";

/** By viewport. */
export type Stances = Map<number, { readonly stack: Stack; readonly stance: Stance }>;

/** The viewports that are open now, and what they have in common: what to fetch next, one scale, what was seen. */
export class Views {
  readonly following: Following;
  readonly #views = new Map<number, StackView>();
  readonly #stops = new Map<number, () => void>();
  readonly #seen: Seen;
  readonly #store: FrameStore;
  readonly #thumbnails: readonly Focus[];
  readonly #listeners = new Set<() => void>();
  readonly #stances: Stances;
  #active = 0;
  #next: { readonly cell: number; readonly stack: Stack; readonly index: number } | null = null;
  #wanted = "";
  #looking = false;

  /**
   * `stances`: how viewports were looked at before; each is taken up once, by the viewport that shows its stack. `links`:
   * what moved together then.
   */
  constructor(
    store: FrameStore,
    stacks: readonly Stack[],
    seen: Seen,
    registrations: Registrations,
    stances: Stances = new Map(),
    links?: Links,
  ) {
    this.following = new Following(registrations, links);
    this.#stances = stances;
    this.#store = store;
    this.#seen = seen;
    this.#thumbnails = thumbnailsOf(stacks);
  }

  set(cell: number, view: StackView | null): void {
    this.#stops.get(cell)?.();
    this.#stops.delete(cell);
    this.#views.delete(cell);
    // How it stood before is no move of the reader's, and leads no others.
    if (view !== null) this.#standAgain(cell, view);
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

  /** Told of every change of any viewport. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #standAgain(cell: number, view: StackView): void {
    const before = this.#stances.get(cell);
    this.#stances.delete(cell);
    if (before?.stack === view.state.stack) view.standAgain(before.stance);
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
    const all = [...this.#views.values()];
    for (const view of all) {
      const { sameSize } = view.placement;
      const beside = all.filter(({ placement }) => sameSize !== null && placement.sameSize === sameSize);
      const scales = beside.map((one) => one.naturalScale()).filter((scale) => scale !== null);
      view.fitAt(scales.length < 2 ? undefined : Math.min(...scales));
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
    for (const listener of this.#listeners) listener();
  }
}

/** Where a reader looks first, before a viewport is there to say it. */
export function firstLook({ stacks, steps }: Hanging): Focus[] {
  const shown = steps[0]?.cells.map(({ stack }) => stack).filter((stack) => stack !== null) ?? [];
  const focuses = shown.map(({ frames }, order): Focus => ({
    frames,
    index: 0,
    direction: 0,
    kind: order === 0 ? "active" : "shown",
  }));
  return [...focuses, ...thumbnailsOf(stacks)];
}

const thumbnailsOf = (stacks: readonly Stack[]): Focus[] =>
  stacks
    .map(middleOf)
    .filter((frame) => frame !== undefined)
    .map((frame) => ({ frames: [frame], index: 0, direction: 0, kind: "thumbnail" }));

export const middleOf = (stack: Stack): Frame | undefined => stack.frames[Math.floor(stack.frames.length / 2)];
