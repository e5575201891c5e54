import { cache, imageLoader } from "@cornerstonejs/core";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { registerImageLoader, serveImagesFrom } from "./cornerstone";
import type { DecodedImage } from "./decode/messages";
import { drawnView, newEntry, viewOf } from "./entry";
import type { Frame } from "./frame";
import { madeFrame } from "./madeFrames";
import type { FrameStore } from "./store";

const decoded = (side: number): DecodedImage => ({
  width: side,
  height: side,
  components: 1,
  cells: new ArrayBuffer(side * side * 2),
  array: "Uint16Array",
  minimum: 0,
  maximum: 1,
});

/** What the loader asks of a store: one frame, whose image may come later. */
function storeOf(frame: Frame): { store: FrameStore; arrives: (image: DecodedImage) => void; listeners: () => number } {
  const listeners = new Set<() => void>();
  let image: DecodedImage | null = null;
  const store = {
    frame: () => frame,
    view: () => ({ ...viewOf(newEntry(frame)), image }),
    subscribe: (_: string, listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  } as unknown as FrameStore;
  const arrives = (next: DecodedImage): void => {
    image = next;
    for (const listener of listeners) listener();
  };
  return { store, arrives, listeners: () => listeners.size };
}

const widthOf = async (load: Promise<unknown>): Promise<number> => ((await load) as { width: number }).width;

describe("images for Cornerstone3D", () => {
  beforeAll(() => registerImageLoader());
  afterEach(() => serveImagesFrom(null));

  it("are not kept in its cache: a preview would be drawn again when the whole image is here (IMG-04)", async () => {
    const frame = madeFrame({ pixel: { rows: 8, columns: 8 } });
    const { store, arrives } = storeOf(frame);
    serveImagesFrom(store);
    const first = imageLoader.loadAndCacheImage(frame.imageId);
    arrives(decoded(4));
    expect(await widthOf(first)).toBe(4);
    arrives(decoded(8));
    expect(await widthOf(imageLoader.loadAndCacheImage(frame.imageId))).toBe(8);
    expect(cache.getImageLoadObject(frame.imageId)).toBeUndefined();
    expect(cache.getCacheSize()).toBe(0);
  });

  it("that were waited for when a case was left come from the next store", async () => {
    const frame = madeFrame({ pixel: { rows: 8, columns: 8 } });
    const left = storeOf(frame);
    serveImagesFrom(left.store);
    void imageLoader.loadAndCacheImage(frame.imageId);
    expect(left.listeners()).toBe(1);
    serveImagesFrom(null);
    expect(left.listeners()).toBe(0);
    const again = storeOf(frame);
    serveImagesFrom(again.store);
    const load = imageLoader.loadAndCacheImage(frame.imageId);
    again.arrives(decoded(8));
    expect(await widthOf(load)).toBe(8);
  });
});

describe("what is said of a picture", () => {
  it("is that of the preview as long as the preview is drawn, though the whole is proved in the store (IMG-04)", () => {
    const proved = { ...viewOf(newEntry(madeFrame())), image: decoded(8), whole: true, proved: true };
    expect(drawnView(proved, true)).toMatchObject({ whole: false, proved: false });
    expect(drawnView(proved, false)).toBe(proved);
  });
});
