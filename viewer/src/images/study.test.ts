import { describe, expect, it } from "vitest";
import type { InstanceEntry, StudyImages } from "@/api/types";
import { bulkDataUris, type Dataset } from "./dicomJson";
import type { Frame, Study } from "./frame";
import { describeStudy } from "./study";

const element = (vr: string, ...Value: unknown[]): { vr: string; Value: unknown[] } => ({ vr, Value });
const sequence = (...items: Dataset[]): { vr: string; Value: Dataset[] } => ({ vr: "SQ", Value: items });
const binary = (...words: number[]): { vr: string; InlineBinary: string } => ({
  vr: "OW",
  InlineBinary: btoa(String.fromCharCode(...new Uint8Array(Uint16Array.from(words).buffer))),
});

const IMAGE: Dataset = {
  "00080018": element("UI", "1.5"),
  "00080060": element("CS", "MR"),
  "00280002": element("US", 1),
  "00280004": element("CS", "MONOCHROME2"),
  "00280010": element("US", 4),
  "00280011": element("US", 6),
  "00280100": element("US", 16),
  "00280101": element("US", 12),
  "00280102": element("US", 11),
  "00280103": element("US", 0),
};

const ENTRY: InstanceEntry = {
  sop_instance_uid: "1.5",
  sop_class_uid: "1.2.840.10008.5.1.4.1.1.4",
  instance_number: 1,
  number_of_frames: 1,
  rows: 4,
  columns: 6,
  source_transfer_syntax_uid: "1.2.840.10008.1.2.1",
  transfer_syntax_uid: "1.2.840.10008.1.2.4.202",
  proof: "proved",
  reason: "",
  lossy: null,
  received_at: "",
  paper: null,
  to_be_read: true,
  frames: [{ length: 100, digest: "ab", digest_of: "pixels", resolution_ends: [10, 100] }],
};

function studyOf(dataset: Dataset, entry: Partial<InstanceEntry> = {}, modality = "MR"): Study {
  const images: StudyImages = {
    site_id: "a site",
    study_instance_uid: "1.1",
    patient: {
      patient_id: "",
      issuer_of_patient_id: "",
      patient_name: { alphabetic: "", ideographic: "", phonetic: "" },
      patient_birth_date: "",
      patient_sex: "",
    },
    study_date: "20261123",
    study_time: "",
    study_description: "",
    accession_number: "",
    manifest: null,
    ledger: {
      declared_instances: 1,
      declared_frames: 1,
      arrived_instances: 1,
      arrived_frames: 1,
      proved_instances: 1,
      open: false,
      contradicted_instances: 0,
      discontinued: false,
    },
    series: [
      {
        series_instance_uid: "1.3",
        modality,
        series_number: 1,
        series_description: "",
        body_part_examined: "",
        laterality: "",
        instances: [{ ...ENTRY, ...entry }],
      },
    ],
  };
  return describeStudy(images, [dataset]);
}

function frameOf(dataset: Dataset, entry: Partial<InstanceEntry> = {}, modality = "MR"): Frame {
  const frame = studyOf({ ...IMAGE, ...dataset }, entry, modality).series[0]?.frames[0];
  if (frame === undefined) throw new Error("no frame");
  return frame;
}

describe("a frame, joined from the hub's document and the metadata", () => {
  it("has its address, length, digest and resolutions", () => {
    expect(frameOf({})).toMatchObject({
      imageId: "dokuei:/sites/a%20site/dicom-web/studies/1.1/series/1.3/instances/1.5/frames/1",
      length: 100,
      digest: "ab",
      resolutionEnds: [10, 100],
      pixel: { rows: 4, columns: 6, bitsStored: 12 },
    });
  });

  it("opens even where the metadata says nothing", () => {
    expect(studyOf({ "00080018": element("UI", "1.5") }).series[0]?.frames[0]?.pixel).toMatchObject({
      rows: 4,
      columns: 6,
    });
  });

  it("offers all VOI tables and windows with their explanations, tables first (MAMMO-01)", () => {
    const { voi } = frameOf({
      "00281050": element("DS", 2000, "1500"),
      "00281051": element("DS", 4000, "3000"),
      "00281055": element("LO", "NORMAL", "HARDER"),
      "00281056": element("CS", "SIGMOID"),
      "00283010": sequence({
        "00283002": element("US", 3, 10, 12),
        "00283003": element("LO", "VIEW 1"),
        "00283006": binary(0, 2048, 4095),
      }),
    });
    expect(voi).toEqual([
      { kind: "table", table: { firstValueMapped: 10, bits: 12, values: [0, 2048, 4095], explanation: "VIEW 1" } },
      { kind: "window", center: 2000, width: 4000, function: "SIGMOID", explanation: "NORMAL" },
      { kind: "window", center: 1500, width: 3000, function: "SIGMOID", explanation: "HARDER" },
    ]);
  });

  it("takes LUT Data as US as well as OW, and no VOI LUT Function for LINEAR (MAMMO-02)", () => {
    const { voi } = frameOf({
      "00281050": element("DS", 1),
      "00281051": element("DS", 2),
      "00283010": sequence({ "00283002": element("US", 3, 0, 8), "00283006": element("US", 0, 100, 255) }),
    });
    expect(voi[0]).toMatchObject({ kind: "table", table: { values: [0, 100, 255], bits: 8 } });
    expect(voi[1]).toMatchObject({ function: "LINEAR" });
  });

  it("reads a first value mapped that is negative, whichever way it was written", () => {
    const lut = { "00283002": element("US", 2, 65_436, 16), "00283006": element("US", 0, 65_535) };
    const { voi } = frameOf({ "00280103": element("US", 1), "00283010": sequence(lut) });
    expect(voi[0]).toMatchObject({ table: { firstValueMapped: -100 } });
  });

  it("knows its modality value and unit", () => {
    const rescale = { "00281052": element("DS", -1024), "00281053": element("DS", 1) };
    expect(frameOf({ ...rescale, "00080060": element("CS", "CT") }, {}, "CT").modality).toMatchObject({
      intercept: -1024,
      unit: "HU",
    });
    const pet = { ...rescale, "00080060": element("CS", "PT"), "00541001": element("CS", "BQML") };
    expect(frameOf(pet, {}, "PT").modality.unit).toBe("BQML");
    expect(frameOf({}).modality).toMatchObject({ slope: 1, intercept: 0, unit: "" });
  });

  it("of an enhanced object has its own place, spacing, window and scale over the shared ones (PS3.3 C.7.6.16)", () => {
    const own = (z: number): Dataset => ({
      "00209113": sequence({ "00200032": element("DS", 0, 0, z) }),
      "00289145": sequence({
        "00281052": element("DS", z),
        "00281053": element("DS", 2),
        "00281054": element("LO", "US"),
      }),
      "00209111": sequence({ "00209128": element("UL", z + 1) }),
    });
    const dataset = {
      ...IMAGE,
      "52009229": sequence({
        "00209116": sequence({ "00200037": element("DS", 1, 0, 0, 0, 1, 0) }),
        "00289110": sequence({ "00280030": element("DS", 0.7, 0.7), "00180050": element("DS", 2) }),
        "00289132": sequence({ "00281050": element("DS", 300), "00281051": element("DS", 600) }),
      }),
      "52009230": sequence(own(0), own(3)),
      // Module-level values are forbidden here, and not taken (MAMMO-17).
      "00281050": element("DS", 9),
      "00281051": element("DS", 9),
    };
    const frames =
      studyOf(dataset, { number_of_frames: 2, frames: [ENTRY.frames, ENTRY.frames].flat() }).series[0]?.frames ?? [];
    expect(frames.map(({ geometry }) => geometry.position)).toEqual([
      [0, 0, 0],
      [0, 0, 3],
    ]);
    expect(frames[1]).toMatchObject({
      frameNumber: 2,
      geometry: { pixelSpacing: [0.7, 0.7], orientation: { row: [1, 0, 0], column: [0, 1, 0] }, sliceThickness: 2 },
      modality: { slope: 2, intercept: 3 },
      voi: [{ center: 300, width: 600 }],
    });
    expect(frames[1]?.temporal[0]).toBe(4);
  });

  it("does not believe an orientation that is none", () => {
    expect(frameOf({ "00200037": element("DS", 1, 0, 0, 1, 0, 0) }).geometry.orientation).toBeNull();
    expect(frameOf({ "00200037": element("DS", 0, 0, 0, 0, 0, 0) }).geometry.orientation).toBeNull();
  });

  it("has a palette of 8 bits from tables of 16, discrete or segmented", () => {
    const tables = (tag: string, data: Dataset[string]): Dataset => ({
      "00281101": element("US", 4, 0, 16),
      "00281102": element("US", 4, 0, 16),
      "00281103": element("US", 4, 0, 16),
      [`0028${tag}1`]: data,
      [`0028${tag}2`]: data,
      [`0028${tag}3`]: data,
      "00280004": element("CS", "PALETTE COLOR"),
    });
    const plain = frameOf(tables("120", binary(0, 0x5500, 0xaa00, 0xff00))).pixel.palette;
    expect([...(plain?.red ?? [])]).toEqual([0, 0x55, 0xaa, 0xff]);
    const segmented = frameOf(tables("122", binary(0, 1, 0, 1, 3, 0xff00))).pixel.palette;
    expect([...(segmented?.blue ?? [])]).toEqual([0, 0x55, 0xaa, 0xff]);
  });

  it("knows what is padding, and an overlay in unused bits", () => {
    expect(frameOf({ "00280120": element("US", 0) }).pixel.padding).toEqual({ low: 0, high: 0 });
    expect(frameOf({ "00280120": element("SS", -2000), "00280121": element("SS", -2010) }).pixel.padding).toEqual({
      low: -2010,
      high: -2000,
    });
    expect(frameOf({ "60000102": element("US", 12) }).pixel.overlayInUnusedBits).toBe(true);
    expect(frameOf({ "60000102": element("US", 0) }).pixel.overlayInUnusedBits).toBe(false);
  });

  it("of a breast says side and view by the code, old or new, or by View Position (MAMMO-10)", () => {
    const coded = (value: string, ...modifiers: string[]): Dataset => ({
      "00200062": element("CS", "L"),
      "00540220": sequence({
        "00080100": element("SH", value),
        "00540222": sequence(...modifiers.map((modifier) => ({ "00080100": element("SH", modifier) }))),
      }),
    });
    expect(frameOf(coded("399368009")).instance.breast).toMatchObject({ laterality: "L", view: "MLO", modifiers: [] });
    expect(frameOf(coded("R-10242", "R-102D6", "399113004")).instance.breast).toMatchObject({
      view: "CC",
      modifiers: ["M", "ID"],
    });
    expect(frameOf({ "00185101": element("CS", "ML"), "00200060": element("CS", "R") }).instance.breast).toMatchObject({
      laterality: "R",
      view: "ML",
    });
  });
});

describe("large values beside the metadata", () => {
  it("are found wherever they stand", () => {
    const far = { vr: "OW", BulkDataURI: "/x" };
    const dataset: Dataset = {
      "00283010": sequence({ "00283006": far }),
      "00420011": { vr: "OB", BulkDataURI: "/pdf" },
    };
    expect(bulkDataUris(dataset, new Set(["00283006"]))).toEqual([{ element: far, uri: "/x" }]);
  });
});
