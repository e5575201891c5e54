import { describe, expect, it } from "vitest";
import { newEntry, viewOf, type FrameView } from "@/images/entry";
import { madeFrame } from "@/images/madeFrames";
import { truthOf, type Truth } from "@/viewports/truth";
import { verdictOf } from "./verdict";

const frame = madeFrame();
const image = {} as FrameView["image"];
const truth = (view: Partial<FrameView>, digestOf: Truth["digestOf"] = "pixels"): Truth =>
  truthOf({ ...frame, digestOf }, { ...viewOf(newEntry(frame)), ...view });
const proved = { image, whole: true, proved: true };
const signed = (...verified: boolean[]) => ({
  signed: verified.map((one, nth) => ({ by: `g${nth}`, at: "2026-01-01T00:00:00Z", verified: one })),
});

describe("whether an image is what its source sent", () => {
  it("is said where somebody signed for it and every signature holds", () => {
    expect(verdictOf(truth(proved), signed(true, true))).toBe("proved");
    expect(verdictOf(truth(proved, "encoded"), signed(true))).toBe("provedBytes");
  });

  it("is not said where nobody signed, or a signature does not hold", () => {
    expect(verdictOf(truth(proved), signed())).toBe("unsigned");
    expect(verdictOf(truth(proved, "encoded"), signed(true, false))).toBe("broken");
  });

  it("is not known before the image and its pedigree are here, and never where its digest is not the same", () => {
    expect(verdictOf(truth(proved), undefined)).toBe("unknown");
    expect(verdictOf(truth({}), signed(true))).toBe("unknown");
    expect(verdictOf(truth({ ...proved, proved: false }), signed(true))).toBe("unproved");
    expect(verdictOf(truth({ failure: "digest" }), undefined)).toBe("failed");
  });
});
