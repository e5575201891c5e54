import { describe, expect, it } from "vitest";
import type { InstanceEntry, SeriesEntry, StudyImages } from "@/api/types";
import type { Dataset } from "./dicomJson";
import { describeDocument, hasContent } from "./document";
import { madeDocument } from "./madeDocument";

const element = (vr: string, ...Value: unknown[]): { vr: string; Value: unknown[] } => ({ vr, Value });
const STORAGE = "1.2.840.10008.5.1.4.1.1";
const EXPLICIT = "1.2.840.10008.1.2.1";

function described(
  sopClass: string,
  dataset: Dataset = {},
  more: Partial<InstanceEntry> = {},
): ReturnType<typeof describeDocument> {
  const images = { site_id: "a site", study_instance_uid: "1.1" } as StudyImages;
  const series = { series_instance_uid: "1.3", modality: "OT", series_description: "of the series" } as SeriesEntry;
  const entry = {
    sop_instance_uid: "1.5",
    sop_class_uid: sopClass,
    transfer_syntax_uid: EXPLICIT,
    frames: [],
    ...more,
  };
  return describeDocument(images, series, entry as unknown as InstanceEntry, dataset);
}

describe("what is no image", () => {
  it.each([
    ["SR", `${STORAGE}.88.50`],
    ["KO", `${STORAGE}.88.59`],
    ["PDF", `${STORAGE}.104.1`],
    ["other", `${STORAGE}.104.3`],
    ["PR", `${STORAGE}.11.1`],
    ["other", `${STORAGE}.66`],
  ])("is a %s by its class, whatever its Modality says", (kind, sopClass) => {
    expect(described(sopClass).kind).toBe(kind);
  });

  it("is a report where a private class has a report's root", () => {
    expect(described("1.2.3", { "0040A040": element("CS", "CONTAINER") }).kind).toBe("SR");
  });

  it.each(["1.2.840.10008.1.2.4.100", "1.2.840.10008.1.2.4.102.1", "1.2.840.10008.1.2.4.108"])(
    "is a video by its transfer syntax: %s",
    (syntax) => {
      const frames = [{ length: 3, digest: "ab", digest_of: "encoded" as const, resolution_ends: [] }];
      const video = described(`${STORAGE}.77.1.4.1`, {}, { transfer_syntax_uid: syntax, frames });
      expect(video).toMatchObject({ kind: "video", fragments: frames });
    },
  );

  it("has its address, and the first title that it gives itself", () => {
    const named = element("SQ", { "00080104": element("LO", "a concept") });
    expect(described("1.2").url).toBe("/sites/a%20site/dicom-web/studies/1.1/series/1.3/instances/1.5");
    expect(described("1.2", { "00420010": element("ST", "乳房 X 線"), "0040A043": named }).title).toBe("乳房 X 線");
    expect(described("1.2", { "0040A043": named }).title).toBe("a concept");
    expect(described("1.2", { "00700080": element("CS", "LABEL") }).title).toBe("LABEL");
    expect(described("1.2").title).toBe("of the series");
  });
});

describe("whether there is anything to show (IMG-13)", () => {
  const bulk = { vr: "OB", BulkDataURI: "bulkdata/00420011" };
  it.each([
    ["a report with content", madeDocument(), true],
    ["an empty report", madeDocument({ dataset: {} }), false],
    ["a PDF", madeDocument({ kind: "PDF", dataset: { "00420011": bulk } }), true],
    [
      "a PDF that is something else",
      madeDocument({ kind: "PDF", dataset: { "00420011": bulk, "00420012": element("LO", "text/xml") } }),
      false,
    ],
    ["a presentation state", madeDocument({ kind: "PR", dataset: { "00700080": element("CS", "A") } }), true],
    ["a video without a stream", madeDocument({ kind: "video" }), false],
    ["anything else", madeDocument({ kind: "other" }), false],
  ])("%s", (_, document, shown) => {
    expect(hasContent(document)).toBe(shown);
  });
});
