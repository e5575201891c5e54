import { describe, expect, it } from "vitest";
import { madeFrame } from "@/images/madeFrames";
import { colourChange, coloursAsTheyAre, isColour } from "./colour";

describe("a colour image", () => {
  it("is one of three samples or of a palette", () => {
    const table = new Uint8Array(1);
    const palette = { firstValueMapped: 0, red: table, green: table, blue: table };
    expect(isColour(madeFrame())).toBe(false);
    expect(isColour(madeFrame({ pixel: { samplesPerPixel: 3 } }))).toBe(true);
    expect(isColour(madeFrame({ pixel: { palette } }))).toBe(true);
  });

  it("is as it came until the reader moves it, also as a negative", () => {
    const plain = coloursAsTheyAre();
    expect(colourChange(plain)).toBeNull();
    expect(colourChange({ ...plain, inverted: true })).toBeNull();
    expect(colourChange({ ...plain, width: 127.5 })).toEqual({ contrast: 200, brightness: 0 });
    expect(colourChange({ ...plain, center: 102 })).toEqual({ contrast: 100, brightness: 10 });
  });
});
