import type { Palette, PixelDescription } from "../frame";
import type { CellArray, CellArrayName, DecodedImage } from "./messages";

/**
 * Pixel cells in the form in which they are proved (native, Bits Allocated as stored, little endian, planar 0), and the
 * values in the form in which they are drawn.
 */

/** What a codec gives: samples interleaved, one byte each up to 8 bits and two little-endian bytes above. */
export interface RawImage {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly bitsPerSample: number;
  readonly signed: boolean;
  /** One plane after the other, as some JPEG-LS streams come. */
  readonly planar: boolean;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * The cells as the source stored them. A codestream may declare more bits than a signed source of 8 bits has, and
 * fewer than its cells are wide.
 */
export function sourceCells(raw: RawImage, pixel: PixelDescription): Uint8Array<ArrayBuffer> {
  const width = raw.bitsPerSample > 8 ? 2 : 1;
  const samples = raw.planar ? interleavedSamples(raw.bytes, raw.components, width) : raw.bytes;
  const wanted = pixel.bitsAllocated > 8 ? 2 : 1;
  if (width === wanted) return samples;
  const count = samples.length / width;
  const out = new Uint8Array(count * wanted);
  if (wanted === 1) {
    for (let index = 0; index < count; index += 1) out[index] = samples[index * 2] ?? 0;
  } else {
    for (let index = 0; index < count; index += 1) {
      const value = samples[index] ?? 0;
      out[index * 2] = value;
      out[index * 2 + 1] = raw.signed && value > 127 ? 255 : 0;
    }
  }
  return out;
}

/** Native cells with one plane after the other, as sample after sample. */
export function interleaved(cells: Uint8Array<ArrayBuffer>, pixel: PixelDescription): Uint8Array<ArrayBuffer> {
  if (pixel.planarConfiguration !== 1 || pixel.samplesPerPixel === 1) return cells;
  return interleavedSamples(cells, pixel.samplesPerPixel, pixel.bitsAllocated / 8);
}

function interleavedSamples(planes: Uint8Array<ArrayBuffer>, samples: number, size: number): Uint8Array<ArrayBuffer> {
  const pixels = planes.length / samples / size;
  const out = new Uint8Array(planes.length);
  for (let sample = 0; sample < samples; sample += 1) {
    for (let index = 0; index < pixels; index += 1) {
      const from = (sample * pixels + index) * size;
      const to = (index * samples + sample) * size;
      for (let byte = 0; byte < size; byte += 1) out[to + byte] = planes[from + byte] ?? 0;
    }
  }
  return out;
}

function greyCells(bytes: Uint8Array<ArrayBuffer>, pixel: PixelDescription): CellArray {
  const { buffer, byteOffset } = bytes;
  if (pixel.float) {
    return pixel.bitsAllocated === 64
      ? Float32Array.from(new Float64Array(buffer, byteOffset, bytes.length >> 3))
      : new Float32Array(buffer, byteOffset, bytes.length >> 2);
  }
  switch (pixel.bitsAllocated) {
    case 1:
      return Uint8Array.from(
        { length: pixel.rows * pixel.columns },
        (_, index) => ((bytes[index >> 3] ?? 0) >> (index & 7)) & 1,
      );
    case 32:
      return pixel.signed
        ? Float32Array.from(new Int32Array(buffer, byteOffset, bytes.length >> 2))
        : Float32Array.from(new Uint32Array(buffer, byteOffset, bytes.length >> 2));
    case 16:
      return pixel.signed
        ? new Int16Array(buffer, byteOffset, bytes.length >> 1)
        : new Uint16Array(buffer, byteOffset, bytes.length >> 1);
    default:
      return pixel.signed ? new Int8Array(buffer, byteOffset, bytes.length) : bytes;
  }
}

/**
 * Cells without what is not their value: bits above the stored ones, where an overlay lives or where a sender did not
 * extend the sign (PS3.5 8.1.1). A cell equal to the padding value stays as it is, whatever its bits.
 */
function withoutUnusedBits(cells: CellArray, pixel: PixelDescription): CellArray {
  const shift = pixel.highBit - (pixel.bitsStored - 1);
  const needed = pixel.overlayInUnusedBits || shift > 0 || (pixel.signed && pixel.bitsStored < pixel.bitsAllocated);
  if (!needed || pixel.float || pixel.bitsAllocated > 16 || pixel.bitsAllocated === 1) return cells;
  const up = 32 - pixel.bitsStored - Math.max(shift, 0);
  const down = 32 - pixel.bitsStored;
  const padding = pixel.padding?.low;
  for (let index = 0; index < cells.length; index += 1) {
    const cell = cells[index] ?? 0;
    if (cell !== padding) cells[index] = pixel.signed ? (cell << up) >> down : (cell << up) >>> down;
  }
  return cells;
}

function rangeOf(cells: CellArray, pixel: PixelDescription): { minimum: number; maximum: number } {
  let minimum = Infinity;
  let maximum = -Infinity;
  const low = pixel.padding?.low ?? NaN;
  const high = pixel.padding?.high ?? NaN;
  for (const cell of cells) {
    if (cell >= low && cell <= high) continue;
    if (cell < minimum) minimum = cell;
    if (cell > maximum) maximum = cell;
  }
  return minimum <= maximum ? { minimum, maximum } : { minimum: 0, maximum: 1 };
}

const nameOf = (cells: CellArray): CellArrayName => cells.constructor.name as CellArrayName;

function drawn(
  cells: CellArray,
  width: number,
  height: number,
  components: 1 | 3,
  pixel: PixelDescription,
): DecodedImage {
  const whole = cells.byteOffset === 0 && cells.byteLength === cells.buffer.byteLength;
  const own = whole ? cells : cells.slice();
  const range = components === 3 ? { minimum: 0, maximum: 255 } : rangeOf(own, pixel);
  return { width, height, components, cells: own.buffer as ArrayBuffer, array: nameOf(own), ...range };
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The picture that a frame's proved cells make. `decodedToRgb`: a codec undid the colour transform already. */
export function imageFromCells(
  bytes: Uint8Array<ArrayBuffer>,
  size: Size,
  pixel: PixelDescription,
  decodedToRgb: boolean,
): DecodedImage {
  const { width, height } = size;
  if (pixel.palette !== null) {
    const indices = greyCells(bytes, pixel);
    return drawn(paletteToRgb(indices, pixel.palette), width, height, 3, pixel);
  }
  if (pixel.samplesPerPixel === 1) {
    return drawn(withoutUnusedBits(greyCells(bytes, pixel), pixel), width, height, 1, pixel);
  }
  const samples = eightBitSamples(bytes, pixel);
  if (decodedToRgb) return drawn(samples, width, height, 3, pixel);
  if (pixel.photometricInterpretation === "YBR_FULL") return drawn(ybrToRgb(samples), width, height, 3, pixel);
  if (/^YBR_(FULL|PARTIAL)_42/.test(pixel.photometricInterpretation)) {
    return drawn(ybrToRgb(from422(samples, width, height)), width, height, 3, pixel);
  }
  return drawn(samples, width, height, 3, pixel);
}

function eightBitSamples(bytes: Uint8Array<ArrayBuffer>, pixel: PixelDescription): Uint8Array<ArrayBuffer> {
  if (pixel.bitsAllocated === 8) return bytes;
  if (pixel.bitsAllocated === 16) {
    const wide = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
    return Uint8Array.from(wide, (value) => value >> (pixel.bitsStored - 8));
  }
  const wide = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  return Uint8Array.from(wide, (value) => value / 2 ** (pixel.bitsStored - 8));
}

function paletteToRgb(indices: CellArray, palette: Palette): Uint8Array {
  const out = new Uint8Array(indices.length * 3);
  const last = palette.red.length - 1;
  indices.forEach((cell: number, at: number) => {
    const index = Math.min(Math.max(cell - palette.firstValueMapped, 0), last);
    out[at * 3] = palette.red[index] ?? 0;
    out[at * 3 + 1] = palette.green[index] ?? 0;
    out[at * 3 + 2] = palette.blue[index] ?? 0;
  });
  return out;
}

/** PS3.3 C.7.6.3.1.2: full-range YBR of ITU-R BT.601. */
function ybrToRgb(samples: Uint8Array): Uint8Array {
  const out = new Uint8ClampedArray(samples.length);
  for (let at = 0; at + 2 < samples.length; at += 3) {
    const y = samples[at] ?? 0;
    const cb = (samples[at + 1] ?? 0) - 128;
    const cr = (samples[at + 2] ?? 0) - 128;
    out[at] = y + 1.402 * cr;
    out[at + 1] = y - 0.344136 * cb - 0.714136 * cr;
    out[at + 2] = y + 1.772 * cb;
  }
  return new Uint8Array(out.buffer);
}

/** Y Y Cb Cr for each pair of pixels in a row (PS3.3 C.7.6.3.1.2). */
function from422(samples: Uint8Array, width: number, height: number): Uint8Array {
  const out = new Uint8Array(width * height * 3);
  const half = Math.ceil(width / 2);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const group = (row * half + (column >> 1)) * 4;
      const to = (row * width + column) * 3;
      out[to] = samples[group + (column & 1)] ?? 0;
      out[to + 1] = samples[group + 2] ?? 128;
      out[to + 2] = samples[group + 3] ?? 128;
    }
  }
  return out;
}
