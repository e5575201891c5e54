import { describe, expect, it } from "vitest";
import { AS_IT_IS, type Stack } from "@/hanging/plan";
import { madeStack, placeless } from "@/images/madeStacks";
import { Registrations } from "@/images/registration";
import type { FrameStore } from "@/images/store";
import type { Stance } from "@/viewports/stance";
import type { StackView } from "@/viewports/StackView";
import type { Links } from "./following";
import type { Seen } from "./seen";
import { Views, type Stances } from "./views";

/** A viewport without a screen, which tells of all that becomes of it. */
class Viewport {
  readonly placement = AS_IT_IS;
  readonly #listeners = new Set<() => void>();
  state: { stack: Stack; index: number; [more: string]: unknown };

  constructor(stack: Stack) {
    this.state = { stack, index: 0, frame: stack.frames[0], drawn: false, ownGrey: null, ownLook: null, direction: 0 };
  }
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  scrollTo(index: number): void {
    this.#change({ index, frame: this.state.stack.frames[index] });
  }
  standAgain({ index }: Stance): void {
    this.scrollTo(index);
  }
  draw(): void {
    this.#change({ drawn: true });
  }
  naturalScale(): null {
    return null;
  }
  fitAt(): void {
    this.draw();
  }
  #change(more: Record<string, unknown>): void {
    this.state = { ...this.state, ...more };
    for (const listener of this.#listeners) listener();
  }
}

const stance = (index: number): Stance => ({
  index,
  view: null,
  isFitted: true,
  greys: { grey: null, colour: null },
});

function restored(stacks: readonly Stack[], indices: readonly number[], links?: Links) {
  const stances: Stances = new Map(
    stacks.map((stack, cell) => [cell, { stack, stance: stance(indices[cell] ?? 0) }] as const),
  );
  const store = { look: () => undefined } as unknown as FrameStore;
  const seen = { note: () => undefined } as unknown as Seen;
  const views = new Views(store, stacks, seen, new Registrations(), stances, links);
  const shown = stacks.map((stack) => new Viewport(stack));
  shown.forEach((view, cell) => views.set(cell, view as unknown as StackView));
  for (const view of shown) view.draw();
  return { views, shown, at: (): number[] => shown.map(({ state }) => state.index) };
}

describe("viewports that stand again where they were", () => {
  const series = (): Stack => madeStack({ count: 50, step: 2 });

  it("lead no others there, each stands where it stood", () => {
    const { shown, at } = restored([series(), series()], [7, 20]);
    expect(at()).toEqual([7, 20]);
    shown[0]?.scrollTo(9);
    expect(at()).toEqual([9, 9]);
  });

  it("are linked as they were, with the offset that lay between them", () => {
    const { shown, views, at } = restored([series(), placeless(50)], [7, 20], {
      scroll: "all",
      window: false,
      zoom: false,
    });
    expect(views.following.kinds()).toBe("number");
    shown[0]?.scrollTo(9);
    expect(at()).toEqual([9, 22]);
  });
});
