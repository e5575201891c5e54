import { hasAdobeOrJfifMarker, withAdobeRgbMarker, type Codec } from "./codecs";
import { imageFromCells, interleaved, sourceCells, type RawImage } from "./cells";
import type { DecodeAnswer, DecodedImage, DecodeRequest } from "./messages";
import type { Coding } from "../transferSyntax";

export type CodecFor = (coding: Coding) => Promise<Codec | null>;

export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Decodes one frame and proves it: the digest of what was decoded, or of what came where the source was lossy. */
export async function decodeFrame(request: DecodeRequest, codecFor: CodecFor): Promise<DecodeAnswer> {
  const started = performance.now();
  const answer = (parts: Partial<DecodeAnswer>): DecodeAnswer => ({
    task: request.task,
    encoded: request.encoded,
    image: null,
    digest: "",
    equal: false,
    error: "",
    ...parts,
    milliseconds: performance.now() - started,
  });
  const encoded = new Uint8Array(request.encoded);
  const { expected } = request;
  const encodedDigest = expected?.of === "encoded" ? await sha256(encoded) : "";
  try {
    const { cells, image } = await cellsAndImage(encoded, request, codecFor);
    const digest = expected?.of === "pixels" ? await sha256(cells) : encodedDigest;
    const drawnImage = image();
    return answer({ image: drawnImage, digest, equal: expected !== null && digest === expected.digest });
  } catch (error) {
    // A codec throws numbers (C++ exceptions) as well as errors: say what is known, the page decides what to do.
    const said = error instanceof Error ? error.message : `codec exception ${String(error)}`;
    return answer({
      error: said,
      digest: encodedDigest,
      equal: encodedDigest !== "" && encodedDigest === expected?.digest,
    });
  }
}

interface Proved {
  readonly cells: Uint8Array<ArrayBuffer>;
  /** Made after the cells' digest was taken: it may rewrite them in place. */
  readonly image: () => DecodedImage;
}

async function cellsAndImage(
  encoded: Uint8Array<ArrayBuffer>,
  request: DecodeRequest,
  codecFor: CodecFor,
): Promise<Proved> {
  const { pixel, coding } = request;
  if (coding === "native") {
    // The bytes stay with the page for the next time, so the cells are a copy that may be rewritten.
    const cells = interleaved(encoded.slice(0, nativeLength(request)), pixel);
    return { cells, image: () => imageFromCells(cells, { width: pixel.columns, height: pixel.rows }, pixel, false) };
  }
  const codec = await codecFor(coding);
  if (codec === null) throw new Error(`no decoder for ${coding} in the browser`);
  const raw = codec.decode(asTold(encoded, request), request.reduction);
  if (raw.components !== pixel.samplesPerPixel) throw new Error("samples per pixel differ from the header");
  checkSize(raw, request);
  const cells = sourceCells(raw, pixel);
  return { cells, image: () => imageFromCells(cells, raw, pixel, isRgb(request)) };
}

/** Without the byte that makes an odd value even (PS3.5 7.1.1). */
function nativeLength({ pixel, encoded }: DecodeRequest): number {
  const subsampled = pixel.photometricInterpretation.includes("_42") ? 2 : pixel.samplesPerPixel;
  const wanted = Math.ceil((pixel.rows * pixel.columns * subsampled * pixel.bitsAllocated) / 8);
  if (encoded.byteLength < wanted) throw new Error(`${encoded.byteLength} bytes where ${wanted} are needed`);
  return wanted;
}

function checkSize(raw: RawImage, { pixel, reduction }: DecodeRequest): void {
  const scale = 2 ** reduction;
  if (raw.width !== Math.ceil(pixel.columns / scale) || raw.height !== Math.ceil(pixel.rows / scale)) {
    throw new Error(`decoded ${raw.width}×${raw.height}, header says ${pixel.columns}×${pixel.rows}`);
  }
}

function asTold(encoded: Uint8Array, { coding, pixel }: DecodeRequest): Uint8Array {
  const saysRgb = coding === "jpeg8" && pixel.photometricInterpretation === "RGB" && pixel.samplesPerPixel === 3;
  return saysRgb && !hasAdobeOrJfifMarker(encoded) ? withAdobeRgbMarker(encoded) : encoded;
}

/** JPEG and the JPEG 2000 colour transforms are undone by the codec; a plain YBR in a lossless codestream is not. */
function isRgb({ coding, pixel }: DecodeRequest): boolean {
  return coding === "jpeg8" || /^(RGB|YBR_RCT|YBR_ICT)$/.test(pixel.photometricInterpretation);
}
