import { describe, expect, it, vi } from "vitest";
import type { DecodePool } from "./decode/pool";
import type { DecodedImage } from "./decode/messages";
import { decodeRank, glance, newEntry } from "./entry";
import { FrameBytes } from "./fetchFrame";
import type { Frame } from "./frame";
import { madeFrame } from "./madeFrames";
import { FrameStore } from "./store";
import type { KeptFrames } from "./unpacking";

const BYTES = new Uint8Array(400_000);
const PIXEL = { rows: 2048, columns: 2048 };
const large = madeFrame({ length: BYTES.length, resolutionEnds: [100, 9_000, 90_000, 400_000], pixel: PIXEL });

/** Everything is on the disk. */
const packs: KeptFrames = {
  has: () => true,
  take: ({ length }) => Promise.resolve(BYTES.slice(0, length)),
  keep: () => Promise.resolve(false),
  forget: () => undefined,
  onOpen: () => () => undefined,
};

/** Decodes nothing, to images of the right size whose cells take two bytes; a whole one when `wait` is over. */
function pool(reductions: number[], wait: () => Promise<void>): DecodePool {
  return {
    begin: () => Promise.resolve(),
    close: () => undefined,
    decode: async ({ reduction, encoded, pixel }) => {
      reductions.push(reduction);
      if (reduction === 0) await wait();
      const size = { width: pixel.columns >> reduction, height: pixel.rows >> reduction };
      const cells = { cells: new ArrayBuffer(2), array: "Uint16Array", minimum: 0, maximum: 1 } as const;
      const image = { ...size, ...cells, components: 1 } as const;
      return { task: 0, encoded, image, digest: "", equal: true, error: "", milliseconds: 0 };
    },
  };
}

const storeOf = (made: DecodePool, decodedBudget: number): FrameStore =>
  new FrameStore({ pool: made, packs, decodedBudget, encodedBudget: 1e9, onRejected: () => undefined });

const lookAt =
  (store: FrameStore, frames: readonly Frame[]) =>
  (index: number): void =>
    store.look([{ frames, index, direction: 0, kind: "active" }]);

it("is decoded whole behind the first pictures of all others, unless it is looked at or has no picture", () => {
  const image: DecodedImage = {
    width: 1,
    height: 1,
    components: 1,
    cells: new ArrayBuffer(2),
    array: "Uint16Array",
    minimum: 0,
    maximum: 1,
  };
  const farthest = { ...newEntry(large), rank: 499_999 };
  const pictured = { ...newEntry(large), rank: 100_002, image, reduction: 2 };
  expect(decodeRank(pictured, 0)).toBeGreaterThan(decodeRank(farthest, 2));
  expect(decodeRank({ ...pictured, image: null }, 0)).toBe(100_002);
  expect(decodeRank({ ...pictured, rank: 0 }, 0)).toBe(0);
});

describe("a large frame whose bytes are all here", () => {
  it("is glanced at where somebody looks at it and sees nothing yet", () => {
    const entry = { ...newEntry(large), bytes: FrameBytes.of(BYTES), rank: 0 };
    expect(glance(entry)).toEqual({ reduction: 2, bytes: 9_000 });
    expect(glance({ ...entry, rank: 100_002 })).toBeNull();
    expect(glance({ ...entry, frame: madeFrame({ length: 200_000 }) })).toBeNull();
  });

  it("is shown coarse at once, and whole when it is decoded; so it is again when memory has let it go", async () => {
    const reductions: number[] = [];
    let decodeWhole = (): void => undefined;
    const store = storeOf(
      pool(reductions, () => new Promise((resolve) => (decodeWhole = resolve))),
      1,
    );
    const look = lookAt(store, [large, ...Array.from({ length: 40 }, () => madeFrame())]);
    const view = (): ReturnType<typeof store.view> => store.view(large.imageId);
    look(0);
    store.open([large]);
    for (const times of [1, 2]) {
      await vi.waitFor(() => expect(view()?.image?.width).toBe(512));
      expect(view()?.whole).toBe(false);
      expect(reductions).toEqual([2, 0, 2, 0].slice(0, 2 * times));
      const end = decodeWhole;
      // The reader goes on while the whole is being decoded: over its budget, memory keeps none of it.
      look(40);
      end();
      await vi.waitFor(() => expect(view()).toMatchObject({ proved: true, image: null }));
      look(0);
    }
  });
});

describe("memory that has no room for all that is near", () => {
  it("keeps the nearest, and decodes nothing over and over; what comes nearer is decoded then", async () => {
    const reductions: number[] = [];
    const frames = Array.from({ length: 30 }, () => madeFrame());
    const store = storeOf(
      pool(reductions, () => Promise.resolve()),
      10,
    );
    const look = lookAt(store, frames);
    const held = (): number[] =>
      frames.flatMap(({ imageId }, index) => (store.view(imageId)?.image == null ? [] : [index]));
    look(10);
    store.open(frames);
    await vi.waitFor(() => expect(store.views().every(({ view }) => view.proved)).toBe(true));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(held()).toEqual([8, 9, 10, 11, 12]);
    const decoded = reductions.length;
    expect(decoded).toBeLessThan(45);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(reductions).toHaveLength(decoded);
    look(14);
    await vi.waitFor(() => expect(held()).toContain(14));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(reductions.length).toBeLessThan(decoded + 12);
  });
});

describe("a decoder that does not come", () => {
  it("holds the frames up for two seconds, not for good", async () => {
    const reductions: number[] = [];
    const waiting = { ...pool(reductions, () => Promise.resolve()), begin: () => new Promise<void>(() => undefined) };
    const store = storeOf(waiting, 1e9);
    const frame = madeFrame();
    vi.useFakeTimers();
    try {
      store.open([frame]);
      await vi.advanceTimersByTimeAsync(1_500);
      expect(reductions).toEqual([]);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(store.view(frame.imageId)?.proved).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });
});
