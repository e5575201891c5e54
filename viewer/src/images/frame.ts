/** What is known about a frame before any of its bytes are here. Immutable; made once when a study is opened. */

import type { FrameEntry } from "@/api/types";
import type { Dataset } from "./dicomJson";

/** The shape of the cells (PS3.3 C.7.6.3). */
export interface PixelDescription {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  /** Float (0x7FE00008) or double float (0x7FE00009) Pixel Data. */
  readonly float: boolean;
  readonly photometricInterpretation: string;
  /** Of the stored bytes where they are native; 1 means one plane after the other. */
  readonly planarConfiguration: number;
  /** Red, green, blue tables for PALETTE COLOR, 8 bits an entry after scaling (PS3.3 C.7.9). */
  readonly palette: Palette | null;
  /** Bits of a cell that are no part of its value: an overlay lives there (PS3.5 8.1.2, retired). */
  readonly overlayInUnusedBits: boolean;
  /** Stored values that are no image (PS3.3 C.7.5.1.1.2), inclusive. */
  readonly padding: { readonly low: number; readonly high: number } | null;
}

export interface Palette {
  readonly firstValueMapped: number;
  readonly red: Uint8Array;
  readonly green: Uint8Array;
  readonly blue: Uint8Array;
}

/** A table from input values to output values, as VOI LUT and Modality LUT Sequence carry it (PS3.3 C.11.1, C.11.2). */
export interface LookUpTable {
  readonly firstValueMapped: number;
  readonly bits: number;
  readonly values: readonly number[];
  readonly explanation: string;
}

/** Stored value to modality value (PS3.3 C.11.1). */
export interface ModalityTransform {
  readonly slope: number;
  readonly intercept: number;
  /** HU, US, BQML …: what the modality value is measured in; empty where the object does not say. */
  readonly unit: string;
  readonly table: LookUpTable | null;
}

export type VoiFunction = "LINEAR" | "LINEAR_EXACT" | "SIGMOID";

/** One of the ways to look at it that the object itself offers (PS3.3 C.11.2). */
export type VoiChoice =
  | { readonly kind: "table"; readonly table: LookUpTable }
  | {
      readonly kind: "window";
      readonly center: number;
      readonly width: number;
      readonly function: VoiFunction;
      readonly explanation: string;
    };

export type Vector3 = readonly [number, number, number];

export interface UltrasoundRegion {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
  /** 3 is centimetres (PS3.3 C.8.5.5.1.15); others are not lengths. */
  readonly unitsX: number;
  readonly unitsY: number;
  readonly deltaX: number;
  readonly deltaY: number;
}

/** Where the frame lies and how big its pixels are, as far as the object says. Spacings are [between rows, between columns] in mm. */
export interface Geometry {
  readonly position: Vector3 | null;
  /** Direction cosines of a row and of a column (PS3.3 C.7.6.2.1.1). */
  readonly orientation: { readonly row: Vector3; readonly column: Vector3 } | null;
  /** Where the first row and column point, in letters, where there is no orientation (PS3.3 C.7.6.1.1.1). */
  readonly patientOrientation: readonly [string, string] | null;
  readonly frameOfReferenceUid: string;
  readonly pixelSpacing: readonly [number, number] | null;
  readonly pixelSpacingCalibrationType: string;
  readonly imagerPixelSpacing: readonly [number, number] | null;
  readonly magnification: number | null;
  readonly pixelAspectRatio: readonly [number, number] | null;
  readonly regions: readonly UltrasoundRegion[];
  readonly sliceThickness: number | null;
  readonly sliceLocation: number | null;
}

export interface LossyHistory {
  readonly methods: readonly string[];
  readonly ratios: readonly number[];
}

/** How a breast image was taken (PS3.3 C.8.11.7, C.8.21). */
export interface BreastView {
  readonly laterality: "R" | "L" | "B" | "";
  /** As CID 4014 abbreviates it: MLO, CC, ML, LM, … */
  readonly view: string;
  /** CID 4015 modifiers, abbreviated: M (magnification), ID (implant displaced), … */
  readonly modifiers: readonly string[];
  readonly partialView: string;
  readonly implantPresent: boolean;
  /** FOR PRESENTATION, or FOR PROCESSING which is never read from. */
  readonly presentationIntent: string;
}

/** An object with pixels. */
export interface Instance {
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly seriesInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly modality: string;
  readonly instanceNumber: number | null;
  readonly numberOfFrames: number;
  readonly transferSyntaxUid: string;
  readonly sourceTransferSyntaxUid: string;
  readonly proof: "proved" | "kept" | "no-pixels";
  readonly reason: string;
  readonly lossy: LossyHistory | null;
  readonly receivedAt: string;
  readonly breast: BreastView;
  readonly dataset: Dataset;
}

export interface Frame {
  /** `dokuei:` and the frame's address at the hub. */
  readonly imageId: string;
  readonly url: string;
  readonly instance: Instance;
  /** From 1. */
  readonly frameNumber: number;
  readonly length: number;
  readonly digest: string;
  readonly digestOf: "pixels" | "encoded";
  /** Bytes from the frame's start after which each resolution is whole, coarse first. */
  readonly resolutionEnds: readonly number[];
  readonly pixel: PixelDescription;
  readonly modality: ModalityTransform;
  readonly voi: readonly VoiChoice[];
  readonly geometry: Geometry;
  /** What tells frames at one place from each other: phase, echo, b-value, acquisition. Compared in order. */
  readonly temporal: readonly number[];
  /** Milliseconds for which it stands in a cine; null where the object does not say. */
  readonly frameTime: number | null;
}

export type DocumentKind = "SR" | "PDF" | "PR" | "KO" | "video" | "other";

/** An object that is no image: a report, a list of key images, a presentation state, a PDF, a video, anything else. */
export interface DocumentObject {
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly studyInstanceUid: string;
  /** Where the hub has it (PS3.18 10.4). */
  readonly url: string;
  readonly modality: string;
  readonly instanceNumber: number | null;
  readonly title: string;
  readonly kind: DocumentKind;
  readonly transferSyntaxUid: string;
  readonly numberOfFrames: number;
  /** The fragments of a video's stream, in order; empty for any other object. */
  readonly fragments: readonly FrameEntry[];
  readonly dataset: Dataset;
}

export interface Series {
  readonly seriesInstanceUid: string;
  readonly seriesNumber: number | null;
  readonly modality: string;
  readonly description: string;
  readonly laterality: string;
  readonly bodyPartExamined: string;
  /** Every frame of every object, in the order in which the hub named them. */
  readonly frames: readonly Frame[];
  readonly documents: readonly DocumentObject[];
}

export interface Study {
  readonly siteId: string;
  readonly studyInstanceUid: string;
  readonly studyDate: string;
  readonly description: string;
  readonly series: readonly Series[];
}
