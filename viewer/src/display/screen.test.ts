import { afterEach, describe, expect, it, vi } from "vitest";
import { readScreen } from "./screen";

const screen = { width: 2048, height: 1638, colorDepth: 30 };
const details = { screens: [{}, {}, {}], currentScreen: { left: -2560, top: 0, devicePixelRatio: 1.25 } };

function standIn(state: string, getScreenDetails?: () => Promise<unknown>): void {
  vi.stubGlobal("window", { screen, devicePixelRatio: 1.250_000_01, getScreenDetails });
  vi.stubGlobal("navigator", { permissions: { query: () => Promise.resolve({ state }) } });
}

const plain = { width: 2048, height: 1638, pixel_ratio: 1.25, colour_depth: 30, screens: null, left: null, top: null };

describe("what a page reads of its screen", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("is size, scale and depth where the browser tells no more", async () => {
    standIn("prompt");
    expect(await readScreen()).toEqual(plain);
  });

  it("is how many screens there are, and where this one stands, where that was allowed", async () => {
    standIn("granted", () => Promise.resolve(details));
    expect(await readScreen()).toEqual({ ...plain, screens: 3, left: -2560, top: 0 });
  });

  it("asks nobody for what was not allowed", async () => {
    const asked = vi.fn(() => Promise.resolve(details));
    standIn("prompt", asked);
    expect(await readScreen()).toEqual(plain);
    expect(asked).not.toHaveBeenCalled();
  });

  it("stays what it can be where the browser refuses all the same", async () => {
    standIn("granted", () => Promise.reject(new Error("refused")));
    expect(await readScreen()).toEqual(plain);
  });
});
