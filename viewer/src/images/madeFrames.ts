import type { Frame, Instance } from "./frame";

/** Frames for tests: all plain, but for what a test says. */

type Changes = Partial<Omit<Frame, "instance" | "pixel" | "geometry">> & {
  readonly instance?: Partial<Instance>;
  readonly pixel?: Partial<Frame["pixel"]>;
  readonly geometry?: Partial<Frame["geometry"]>;
};

let made = 0;

export function madeFrame({ instance, pixel, geometry, ...rest }: Changes = {}): Frame {
  made += 1;
  const sopInstanceUid = instance?.sopInstanceUid ?? `1.2.${made}`;
  const frameNumber = rest.frameNumber ?? 1;
  const url = `/sites/s/dicom-web/studies/1/series/1/instances/${sopInstanceUid}/frames/${frameNumber}`;
  return {
    imageId: `dokuei:${url}`,
    url,
    frameNumber,
    length: 1000,
    digest: "",
    digestOf: "pixels",
    resolutionEnds: [],
    voi: [],
    temporal: [],
    frameTime: null,
    modality: { slope: 1, intercept: 0, unit: "", table: null },
    ...rest,
    instance: { ...INSTANCE, sopInstanceUid, ...instance },
    pixel: { ...PIXEL, ...pixel },
    geometry: { ...GEOMETRY, ...geometry },
  };
}

const INSTANCE: Instance = {
  sopInstanceUid: "1.2",
  sopClassUid: "1.2.840.10008.5.1.4.1.1.4",
  seriesInstanceUid: "1.1",
  studyInstanceUid: "1",
  modality: "MR",
  instanceNumber: 1,
  numberOfFrames: 1,
  transferSyntaxUid: "1.2.840.10008.1.2.4.202",
  sourceTransferSyntaxUid: "1.2.840.10008.1.2.1",
  proof: "proved",
  reason: "",
  lossy: null,
  receivedAt: "",
  breast: { laterality: "", view: "", modifiers: [], partialView: "", implantPresent: false, presentationIntent: "" },
  dataset: {},
};

const PIXEL: Frame["pixel"] = {
  rows: 512,
  columns: 512,
  samplesPerPixel: 1,
  bitsAllocated: 16,
  bitsStored: 12,
  highBit: 11,
  signed: false,
  float: false,
  photometricInterpretation: "MONOCHROME2",
  planarConfiguration: 0,
  palette: null,
  overlayInUnusedBits: false,
  padding: null,
};

const GEOMETRY: Frame["geometry"] = {
  position: null,
  orientation: null,
  patientOrientation: null,
  frameOfReferenceUid: "",
  pixelSpacing: null,
  pixelSpacingCalibrationType: "",
  imagerPixelSpacing: null,
  magnification: null,
  pixelAspectRatio: null,
  regions: [],
  sliceThickness: null,
  sliceLocation: null,
};
