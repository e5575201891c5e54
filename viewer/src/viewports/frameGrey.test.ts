import { describe, expect, it } from "vitest";
import type { VoiChoice } from "@/images/frame";
import { madeFrame } from "@/images/madeFrames";
import { greyFor } from "./frameGrey";
import { stateOf } from "./grey";

const WINDOW: VoiChoice = { kind: "window", center: 40, width: 400, function: "LINEAR", explanation: "" };

describe("the same look at another image", () => {
  const of = (modality: string, unit: string, voi: VoiChoice[] = []): ReturnType<typeof madeFrame> =>
    madeFrame({ voi, modality: { slope: 1, intercept: 0, unit, table: null }, instance: { modality } });
  const named = (explanation: string, values: number[]): VoiChoice => ({
    kind: "table",
    table: { firstValueMapped: 0, bits: 12, values, explanation },
  });

  it("is the same window where values mean the same, and none elsewhere", () => {
    const grey = { ...stateOf(WINDOW), center: 60, inverted: true };
    expect(greyFor(grey, of("CT", "HU"), of("CT", "HU"))).toBe(grey);
    expect(greyFor(grey, of("CT", "HU"), of("PT", "BQML"))).toBeNull();
    expect(greyFor(grey, of("CT", "HU"), of("CT", ""))).toBeNull();
    const colour = madeFrame({ instance: { modality: "US" }, pixel: { samplesPerPixel: 3 } });
    expect(greyFor(grey, of("US", ""), colour)).toBeNull();
  });

  it("is the other image's own table of that name, moved as far", () => {
    const [soft, own] = [named("SOFT", new Array<number>(100).fill(0)), named("SOFT", new Array<number>(200).fill(0))];
    const before = stateOf(soft);
    const grey = { ...before, width: before.width / 2, center: before.center + 10, inverted: true };
    const found = greyFor(grey, of("MG", ""), of("MG", "", [named("HARD", [0, 1]), own]));
    expect(found).toMatchObject({ choice: own, width: 100, center: stateOf(own).center + 20, inverted: true });
    expect(greyFor(grey, of("MG", ""), of("MG", "", [named("HARD", [0, 1])]))).toBeNull();
  });
});
