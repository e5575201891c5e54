import { describe, expect, it } from "vitest";
import { newEntry, viewOf } from "@/images/entry";
import { madeFrame } from "@/images/madeFrames";
import { truthOf } from "./truth";

const image = {
  width: 1,
  height: 1,
  components: 1,
  cells: new ArrayBuffer(2),
  array: "Uint16Array",
  minimum: 0,
  maximum: 1,
} as const;

describe("the truth of a frame", () => {
  const frame = madeFrame({ instance: { sourceTransferSyntaxUid: "1.2.840.10008.1.2.4.70" } });
  const view = viewOf(newEntry(frame));

  it("goes from waiting by preview to proved, and is never proved before it is whole (IMG-04)", () => {
    expect(truthOf(frame, view)).toMatchObject({ stage: "waiting", sourceEncoding: "JPEG Lossless SV1", lossy: null });
    expect(truthOf(frame, { ...view, image, arrived: 0.279 })).toMatchObject({ stage: "preview", percent: 27 });
    expect(truthOf(frame, { ...view, image, whole: true }).stage).toBe("unproved");
    expect(truthOf(frame, { ...view, image, whole: true, proved: true }).stage).toBe("proved");
    expect(truthOf(frame, { ...view, failure: "digest" }).stage).toBe("failed");
  });

  it("names what was lost on the way, all steps together (IMG-03)", () => {
    const lossy = { methods: ["ISO_10918_1", "ISO_15444_1"], ratios: [4, 2.5] };
    expect(truthOf(madeFrame({ instance: { lossy } }), view).lossy).toEqual({ ratio: 10, method: "JPEG 2000" });
    const unknown = { methods: [], ratios: [] };
    const jpeg = madeFrame({ instance: { lossy: unknown, sourceTransferSyntaxUid: "1.2.840.10008.1.2.4.50" } });
    expect(truthOf(jpeg, view).lossy).toEqual({ ratio: null, method: "JPEG" });
  });

  it("says why a source's encoding was kept", () => {
    const kept = madeFrame({ instance: { proof: "kept", reason: "decoders disagree" } });
    expect(truthOf(kept, view).keptBecause).toMatchObject({ key: "other", raw: "decoders disagree" });
    expect(truthOf(frame, view).keptBecause).toBeNull();
  });
});
