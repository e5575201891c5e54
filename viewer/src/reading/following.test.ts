import { describe, expect, it, vi } from "vitest";
import { AS_IT_IS, type Stack } from "@/hanging/plan";
import { NOTHING_YET } from "@/images/entry";
import type { VoiChoice } from "@/images/frame";
import { madeStack, placeless, type Planes } from "@/images/madeStacks";
import { Registrations } from "@/images/registration";
import { stateOf } from "@/viewports/grey";
import { Following, type Followed, type Links } from "./following";

const LINKED: Links = { scroll: "place", window: false, zoom: false };
const WINDOW: VoiChoice = { kind: "window", center: 400, width: 800, function: "LINEAR", explanation: "" };

/** A viewport without a screen: it tells of what it does as the real one does. */
class Viewport implements Followed {
  readonly moves: number[] = [];
  state: Followed["state"];
  told = (): void => undefined;
  whole = 8;

  constructor(stack: Stack, index = 0) {
    const frame = frameOf(stack, index);
    this.state = { stack, index, frame, frameView: NOTHING_YET, drawn: true, ownGrey: null, ownLook: null };
  }
  scrollTo(index: number): void {
    this.moves.push(index);
    this.#change({ index, frame: frameOf(this.state.stack, index) });
  }
  setGrey(ownGrey: Followed["state"]["ownGrey"]): void {
    this.#change({ ownGrey });
  }
  lookAs(ownLook: Followed["state"]["ownLook"]): void {
    this.#change({ ownLook });
  }
  draws(drawn: boolean): void {
    this.#change({ drawn });
  }
  fails(): void {
    this.#change({ frameView: { ...NOTHING_YET, failure: "decode" } });
  }
  placement: Followed["placement"] = AS_IT_IS;
  canvas: Followed["canvas"] = { width: 100, height: 100 };
  wholeScale(instead: Followed["canvas"] = null): number | null {
    return (this.canvas ?? instead) === null ? null : this.whole;
  }
  #change(more: Partial<Followed["state"]>): void {
    this.state = { ...this.state, ...more };
    this.told();
  }
}

function frameOf(stack: Stack, index: number): Followed["state"]["frame"] {
  const frame = stack.frames[index];
  if (frame === undefined) throw new Error("no such frame");
  return frame;
}

function room(stacks: readonly Stack[], links: Links = LINKED, registrations = new Registrations()) {
  const following = new Following(registrations);
  const open = (cell: number, stack: Stack): Viewport => {
    const view = new Viewport(stack);
    view.told = () => following.moved(view);
    following.set(cell, view);
    return view;
  };
  const views = stacks.map((stack, cell) => open(cell, stack));
  following.link(links);
  const at = (): number[] => views.map(({ state }) => state.index);
  return { following, views, open, at };
}

const series = (more: Partial<Planes> = {}): Stack => madeStack({ count: 50, step: 2, ...more });

describe("viewports that scroll together", () => {
  it("go to the place of the one that the reader moves, once each, whichever it is", () => {
    const { views, following, at } = room([series(), series({ count: 100, step: 1 }), series({ origin: [0, 0, 20] })]);
    views[0]?.scrollTo(15);
    expect(at()).toEqual([15, 30, 5]);
    expect(views[1]?.moves).toEqual([30]);
    views[1]?.scrollTo(41);
    expect(at()).toEqual([20, 41, 10]);
    expect(following.kinds()).toBe("place");
    expect(following.at(0)).toBeNull();
    expect(following.at(1)).toEqual({ kind: "place", beyond: 0 });
  });

  it("stay where they are while they are not linked, or have no common place", () => {
    const { views, following, at } = room([series(), series({ frameOfReferenceUid: "1.9" }), placeless(50)]);
    expect(following.kinds()).toBe("");
    views[0]?.scrollTo(9);
    expect(at()).toEqual([9, 0, 0]);
    const alike = room([series(), series()], { ...LINKED, scroll: "off" });
    alike.views[0]?.scrollTo(9);
    expect(alike.at()).toEqual([9, 0]);
  });

  it("keep the offset that the reader sets by unlinking, scrolling one, and linking again", () => {
    const prior = series({ count: 100, step: 1, frameOfReferenceUid: "1.9", prior: true });
    const { views, following, at } = room([series(), prior, placeless(30)]);
    const [current, before, photographs] = views;
    before?.scrollTo(30);
    photographs?.scrollTo(4);
    following.link({ ...LINKED, scroll: "all" });
    expect(following.kinds()).toBe("offset number");
    current?.scrollTo(10);
    expect(at()).toEqual([10, 50, 14]);
    following.link({ ...LINKED, scroll: "off" });
    before?.scrollTo(57);
    expect(at()).toEqual([10, 57, 14]);
    following.link({ ...LINKED, scroll: "all" });
    current?.scrollTo(20);
    expect(at()).toEqual([20, 77, 24]);
    before?.scrollTo(57);
    expect(at()).toEqual([10, 57, 14]);
  });

  it("say how far the place lies beyond the images of one that cannot follow", () => {
    const { views, following } = room([series(), series({ count: 10 })]);
    views[0]?.scrollTo(20);
    expect(views[1]?.state.index).toBe(9);
    expect(following.at(1)).toEqual({ kind: "place", beyond: 22 });
    views[0]?.scrollTo(5);
    expect(following.at(1)).toEqual({ kind: "place", beyond: 0 });
  });

  it("come to the place of the others when they are hung, and to the offset that was set", () => {
    const [current, prior] = [series(), series({ frameOfReferenceUid: "1.9" })];
    const { views, following, open } = room([current, prior]);
    views[1]?.scrollTo(7);
    following.link({ ...LINKED, scroll: "all" });
    views[0]?.scrollTo(12);
    following.set(0, null);
    following.set(1, null);
    expect(open(0, series()).state.index).toBe(12);
    expect(open(1, prior).state.index).toBe(19);
  });

  it("go on following after one of them has failed", () => {
    const { views, at } = room([series(), series()]);
    const [, second] = views;
    if (second === undefined) throw new Error("no such viewport");
    const broken = vi.spyOn(second, "scrollTo").mockImplementationOnce(() => {
      throw new Error("its graphics were lost");
    });
    expect(() => views[0]?.scrollTo(5)).toThrow("its graphics were lost");
    broken.mockRestore();
    views[0]?.scrollTo(9);
    expect(at()).toEqual([9, 9]);
  });

  it("follow through a registration", () => {
    const registrations = new Registrations();
    registrations.add("1.9", "1.8", [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 10, 0, 0, 0, 1]);
    const { views, following, at } = room([series(), series({ frameOfReferenceUid: "1.9" })], LINKED, registrations);
    views[0]?.scrollTo(15);
    expect(at()).toEqual([15, 10]);
    expect(following.kinds()).toBe("registered");
  });

  it("tell the strip once for each step, and the cine when all of them are drawn or never will be", () => {
    const { views, following } = room([series(), series(), placeless(5)]);
    const heard = vi.fn();
    following.subscribe(heard);
    views[0]?.scrollTo(3);
    expect(heard).toHaveBeenCalledTimes(1);
    expect(following.drawn()).toBe(true);
    views[2]?.draws(false);
    expect(following.drawn()).toBe(true);
    views[1]?.draws(false);
    expect(following.drawn()).toBe(false);
    views[1]?.fails();
    expect(following.drawn()).toBe(true);
    expect(heard).toHaveBeenCalledTimes(1);
  });
});

describe("viewports that are windowed and zoomed together", () => {
  const grey = { ...stateOf(WINDOW), center: 300 };

  it("take the window of the one that is moved, where its values mean the same", () => {
    const { views, following } = room([series(), series({ frameOfReferenceUid: "1.9" }), series({ modality: "PT" })]);
    views[0]?.setGrey(grey);
    expect(views[1]?.state.ownGrey).toBeNull();
    following.link({ ...LINKED, window: true });
    expect(views.map(({ state }) => state.ownGrey)).toEqual([grey, grey, null]);
    views[1]?.setGrey(null);
    expect(views.map(({ state }) => state.ownGrey)).toEqual([null, null, null]);
  });

  it("show the same millimetres where they have a common place, and the same part elsewhere", () => {
    const wide = series({ size: 100, spacing: 2, origin: [-49.5, -49.5, 0] });
    const { views, following } = room([series({ spacing: 1 }), wide, placeless(4)], { ...LINKED, zoom: true });
    const [first, second, third] = views;
    if (second) second.whole = 4;
    if (third) third.whole = 2;
    first?.lookAs({ center: [0.25, 0.5], scale: 16 });
    // 24.5 mm and 49.5 mm; the wide one begins at −50.5 mm and is 200 mm wide.
    expect(second?.state.ownLook?.scale).toBe(16);
    expect(second?.state.ownLook?.center[0]).toBeCloseTo(75 / 200);
    expect(second?.state.ownLook?.center[1]).toBeCloseTo(100 / 200);
    expect(third?.state.ownLook).toEqual({ center: [0.25, 0.5], scale: 4 });
    first?.lookAs(null);
    expect([second, third].map((view) => view?.state.ownLook)).toEqual([null, null]);
    following.link(LINKED);
    first?.lookAs({ center: [0.1, 0.1], scale: 9 });
    expect(second?.state.ownLook).toBeNull();
  });

  it("keep the measure of one that is hidden behind another that is enlarged", () => {
    const { views } = room([placeless(4), placeless(4), placeless(4)], { ...LINKED, zoom: true });
    const [first, second, third] = views;
    if (first === undefined || second === undefined || third === undefined) throw new Error("no such viewport");
    second.whole = 2;
    first.placement = third.placement = { ...AS_IT_IS, sameSize: "breast" };
    third.whole = 3;
    second.canvas = third.canvas = null;
    first.lookAs({ center: [0.25, 0.5], scale: 16 });
    expect([second, third].map(({ state }) => state.ownLook?.scale)).toEqual([4, 16]);
  });
});
