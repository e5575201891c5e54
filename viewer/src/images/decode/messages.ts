import type { PixelDescription } from "../frame";
import type { Coding } from "../transferSyntax";

/** What the page and its decode workers say to each other. Buffers are transferred, never copied. */

export interface DecodeRequest {
  readonly task: number;
  readonly encoded: ArrayBuffer;
  readonly coding: Coding;
  /** How often width and height are halved; 0 decodes the whole. */
  readonly reduction: number;
  readonly pixel: PixelDescription;
  /** Hex SHA-256 to compare with, and what it is of; null for a preview, which cannot be proved. */
  readonly expected: { readonly digest: string; readonly of: "pixels" | "encoded" } | null;
}

export type CellArray = Uint8Array | Int8Array | Uint16Array | Int16Array | Float32Array;
export type CellArrayName = "Uint8Array" | "Int8Array" | "Uint16Array" | "Int16Array" | "Float32Array";

/** Stored values as they are drawn and measured: grey as stored, colour as RGB of 8 bits. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  readonly components: 1 | 3;
  readonly cells: ArrayBuffer;
  readonly array: CellArrayName;
  /** Smallest and largest value outside the padding. */
  readonly minimum: number;
  readonly maximum: number;
}

export interface DecodeAnswer {
  readonly task: number;
  /** The bytes that went in, given back. */
  readonly encoded: ArrayBuffer;
  readonly image: DecodedImage | null;
  /** What the digest came out as; empty where none was expected. */
  readonly digest: string;
  readonly equal: boolean;
  readonly error: string;
  readonly milliseconds: number;
}

/** A worker is here, and so is the decoder for what the hub codes itself. */
export interface Ready {
  readonly ready: true;
}

export function typedCells(image: DecodedImage): CellArray {
  switch (image.array) {
    case "Uint8Array":
      return new Uint8Array(image.cells);
    case "Int8Array":
      return new Int8Array(image.cells);
    case "Uint16Array":
      return new Uint16Array(image.cells);
    case "Int16Array":
      return new Int16Array(image.cells);
    case "Float32Array":
      return new Float32Array(image.cells);
  }
}
