import type { Coding } from "../transferSyntax";
import type { RawImage } from "./cells";

/** The WebAssembly codecs behind one form: bytes in, samples out. Each is loaded when the first frame needs it. */

interface FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned: boolean;
  /** OpenJPH only. */
  readonly isUsingColorTransform?: boolean;
}

interface WasmDecoder {
  getEncodedBuffer(size: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  getFrameInfo(): FrameInfo;
  /** CharLS only: 0 is one plane after the other. */
  getInterleaveMode?(): number;
  decode(): void;
  decodeSubResolution?(reduction: number, layers?: number): void;
  delete(): void;
}

export type WasmModule = Readonly<Record<string, new () => WasmDecoder>>;
export type WasmFactory = (options: { locateFile?: (name: string) => string }) => Promise<unknown>;

export interface Codec {
  decode(encoded: Uint8Array, reduction: number): RawImage;
  close(): void;
}

const halved = (size: number, reduction: number): number => Math.ceil(size / 2 ** reduction);

/**
 * One decoder object, reused: each one made and forgotten keeps its memory in the WASM heap, which fills after some
 * 3,000 frames.
 */
export function reusedCodec(module: WasmModule, decoderName: string): Codec {
  const Decoder = module[decoderName];
  if (Decoder === undefined) throw new Error(`codec without ${decoderName}`);
  const decoder = new Decoder();
  return {
    decode(encoded, reduction) {
      decoder.getEncodedBuffer(encoded.length).set(encoded);
      if (reduction > 0 && decoder.decodeSubResolution !== undefined) decoder.decodeSubResolution(reduction, 0);
      else decoder.decode();
      const info = decoder.getFrameInfo();
      const [width, height] = [halved(info.width, reduction), halved(info.height, reduction)];
      const bytes = new Uint8Array(decoder.getDecodedBuffer());
      const misplaced = info.componentCount > 1 && info.isUsingColorTransform === false;
      return {
        width,
        height,
        components: info.componentCount,
        bitsPerSample: info.bitsPerSample,
        signed: info.isSigned,
        planar: info.componentCount > 1 && decoder.getInterleaveMode?.() === 0,
        bytes: misplaced ? linesInPlace(bytes, width, height, info.componentCount) : bytes,
      };
    },
    close: () => decoder.delete(),
  };
}

/** Opens each codec once; one that did not come, as on a line that fails, is opened anew for whoever asks next. */
export function keptCodecs(open: (coding: Coding) => Promise<Codec | null>): (coding: Coding) => Promise<Codec | null> {
  const codecs = new Map<Coding, Promise<Codec | null>>();
  return (coding) => {
    const known = codecs.get(coding);
    if (known !== undefined) return known;
    const opening = open(coding);
    codecs.set(coding, opening);
    opening.catch(() => codecs.delete(coding));
    return opening;
  };
}

/**
 * codec-openjph 2.4 writes components that have no colour transform as if their lines came one of each in turn, while
 * OpenJPH gives all lines of one component before the next.
 */
function linesInPlace(
  bytes: Uint8Array<ArrayBuffer>,
  width: number,
  height: number,
  components: number,
): Uint8Array<ArrayBuffer> {
  const size = bytes.length / (width * height * components);
  const out = new Uint8Array(bytes.length);
  for (let line = 0; line < height * components; line += 1) {
    const from = (Math.floor(line / components) * width * components + (line % components)) * size;
    const to = ((line % height) * width * components + Math.floor(line / height)) * size;
    for (let at = 0; at < width; at += 1) {
      const step = at * components * size;
      for (let byte = 0; byte < size; byte += 1) out[to + step + byte] = bytes[from + step + byte] ?? 0;
    }
  }
  return out;
}

/**
 * libjpeg takes three components without a marker for YCbCr. Where the object says RGB (PS3.3 C.7.6.3.1.2), an Adobe
 * marker with transform 0 makes it say so too.
 */
export function withAdobeRgbMarker(jpeg: Uint8Array): Uint8Array {
  const marker = [0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 0];
  const out = new Uint8Array(jpeg.length + marker.length);
  out.set(jpeg.subarray(0, 2));
  out.set(marker, 2);
  out.set(jpeg.subarray(2), 2 + marker.length);
  return out;
}

export function hasAdobeOrJfifMarker(jpeg: Uint8Array): boolean {
  for (let at = 2; at + 4 < jpeg.length && jpeg[at] === 0xff;) {
    const kind = jpeg[at + 1] ?? 0;
    if (kind === 0xee || kind === 0xe0) return true;
    if (kind === 0xda) return false;
    at += 2 + ((jpeg[at + 2] ?? 0) << 8) + (jpeg[at + 3] ?? 0);
  }
  return false;
}
