import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import type { PixelDescription } from "../frame";
import type { Coding } from "../transferSyntax";
import {
  hasAdobeOrJfifMarker,
  keptCodecs,
  reusedCodec,
  withAdobeRgbMarker,
  type Codec,
  type WasmFactory,
  type WasmModule,
} from "./codecs";
import { decodeFrame, type CodecFor } from "./decode";
import matrix from "./fixtures/matrix.json";
import { typedCells, type DecodeRequest } from "./messages";

const load = createRequire(import.meta.url);

/** The same wasm as in the browser. */
const openjph = (async () => {
  const factory = load("@cornerstonejs/codec-openjph") as WasmFactory;
  return reusedCodec((await factory({})) as WasmModule, "HTJ2KDecoder");
})();

const codecFor: CodecFor = async (coding) => (coding === "htj2k" ? openjph : null);

const GREY: PixelDescription = {
  rows: 2,
  columns: 2,
  samplesPerPixel: 1,
  bitsAllocated: 16,
  bitsStored: 16,
  highBit: 15,
  signed: false,
  float: false,
  photometricInterpretation: "MONOCHROME2",
  planarConfiguration: 0,
  palette: null,
  overlayInUnusedBits: false,
  padding: null,
};

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

function asked(bytes: Uint8Array<ArrayBuffer>, coding: Coding, more: Partial<DecodeRequest> = {}): DecodeRequest {
  return { task: 1, encoded: bytes.buffer, coding, reduction: 0, pixel: GREY, expected: null, ...more };
}

describe("the wasm decoder", () => {
  it.each(matrix)("gives the source's cells exactly: $name (IMG-01)", async (one) => {
    const pixel: PixelDescription = {
      ...GREY,
      rows: one.rows,
      columns: one.columns,
      samplesPerPixel: one.samples,
      bitsAllocated: one.bits_allocated,
      bitsStored: one.bits_stored,
      highBit: one.bits_stored - 1,
      signed: one.signed,
      photometricInterpretation: one.samples === 1 ? "MONOCHROME2" : one.name === "RGB" ? "YBR_RCT" : "YBR_FULL",
    };
    const expected = { digest: one.digest, of: "pixels" as const };
    const answer = await decodeFrame(asked(bytesOf(one.codestream), "htj2k", { pixel, expected }), codecFor);
    expect(answer.error).toBe("");
    expect(answer.digest).toBe(one.digest);
    expect(answer.equal).toBe(true);
    expect(answer.image).toMatchObject({ width: one.columns, height: one.rows, components: one.samples });
  });

  it("decodes a prefix to a smaller picture, and does not call it proved (IMG-04)", async () => {
    const one = matrix.find(({ rows }) => rows === 70);
    if (one === undefined) throw new Error("no wide case");
    const ends = one.resolution_ends;
    const prefix = bytesOf(one.codestream).slice(0, ends.at(-3));
    const pixel = { ...GREY, rows: one.rows, columns: one.columns, bitsStored: 12 };
    const answer = await decodeFrame(asked(prefix, "htj2k", { pixel, reduction: 2 }), codecFor);
    expect(answer.image).toMatchObject({ width: 17, height: 18, components: 1 });
    expect(answer.equal).toBe(false);
  });

  it("tells a picture of one altered bit", async () => {
    const one = matrix[10];
    if (one === undefined) throw new Error("no such case");
    const bytes = bytesOf(one.codestream);
    const last = bytes.length - 20;
    bytes[last] = (bytes[last] ?? 0) ^ 1;
    const pixel = {
      ...GREY,
      ...{ rows: one.rows, columns: one.columns, bitsStored: one.bits_stored, signed: one.signed },
    };
    const answer = await decodeFrame(
      asked(bytes, "htj2k", { pixel, expected: { digest: one.digest, of: "pixels" } }),
      codecFor,
    );
    expect(answer.equal).toBe(false);
  });

  it("says when sizes are not those of the header", async () => {
    const one = matrix[0];
    const answer = await decodeFrame(asked(bytesOf(one?.codestream ?? ""), "htj2k", { pixel: GREY }), codecFor);
    expect(answer.image).toBeNull();
    expect(answer.error).toContain("header says 2×2");
  });
});

describe("native cells", () => {
  it("are proved as they came, without the byte that makes them even", async () => {
    const cells = Uint8Array.of(1, 2, 3, 0);
    const pixel = { ...GREY, rows: 1, columns: 3, bitsAllocated: 8, bitsStored: 8, highBit: 7 };
    const expected = { digest: hash(cells.subarray(0, 3)), of: "pixels" as const };
    const answer = await decodeFrame(asked(cells, "native", { pixel, expected }), codecFor);
    expect(answer.equal).toBe(true);
    expect(answer.image?.maximum).toBe(3);
  });

  it("in planes are proved sample after sample", async () => {
    const pixel = { ...GREY, rows: 1, columns: 2, samplesPerPixel: 3, bitsAllocated: 8, bitsStored: 8, highBit: 7 };
    const rgb = { ...pixel, photometricInterpretation: "RGB", planarConfiguration: 1 };
    const expected = { digest: hash(Uint8Array.of(1, 3, 5, 2, 4, 6)), of: "pixels" as const };
    const answer = await decodeFrame(
      asked(Uint8Array.of(1, 2, 3, 4, 5, 6), "native", { pixel: rgb, expected }),
      codecFor,
    );
    expect(answer.equal).toBe(true);
    expect(new Uint8Array(answer.image?.cells ?? new ArrayBuffer())).toEqual(Uint8Array.of(1, 3, 5, 2, 4, 6));
  });

  it("keep bits that are no value in their digest and out of the picture", async () => {
    const cells = new Uint8Array(Uint16Array.of(0xf123, 0x0fff, 0x8001, 0x0000).buffer);
    const pixel = { ...GREY, bitsStored: 12, highBit: 11, overlayInUnusedBits: true };
    const expected = { digest: hash(cells), of: "pixels" as const };
    const answer = await decodeFrame(asked(cells, "native", { pixel, expected }), codecFor);
    expect(answer.equal).toBe(true);
    if (answer.image === null) throw new Error(answer.error);
    expect([...typedCells(answer.image)]).toEqual([0x123, 0xfff, 1, 0]);
  });

  it("are read with their sign where a sender did not extend it", async () => {
    const cells = new Uint8Array(Uint16Array.of(0x0fff, 0x0800, 0x07ff, 0x0001).buffer);
    const pixel = { ...GREY, bitsStored: 12, highBit: 11, signed: true };
    const answer = await decodeFrame(asked(cells, "native", { pixel }), codecFor);
    if (answer.image === null) throw new Error(answer.error);
    expect([...typedCells(answer.image)]).toEqual([-1, -2048, 2047, 1]);
    expect(answer.image).toMatchObject({ minimum: -2048, maximum: 2047 });
  });

  it("of one bit are unfolded from the lowest bit up", async () => {
    const pixel = { ...GREY, rows: 1, columns: 5, bitsAllocated: 1, bitsStored: 1, highBit: 0 };
    const answer = await decodeFrame(asked(Uint8Array.of(0b10110, 0), "native", { pixel }), codecFor);
    expect([...new Uint8Array(answer.image?.cells ?? new ArrayBuffer())]).toEqual([0, 1, 1, 0, 1]);
  });

  it("of floats stay floats", async () => {
    const cells = new Uint8Array(Float32Array.of(0.5, -1.25, 3, 0).buffer);
    const pixel = { ...GREY, bitsAllocated: 32, bitsStored: 32, float: true };
    const answer = await decodeFrame(asked(cells, "native", { pixel }), codecFor);
    expect(answer.image).toMatchObject({ array: "Float32Array", minimum: -1.25, maximum: 3 });
  });

  it("take their colours from the palette", async () => {
    const tables = { red: Uint8Array.of(10, 20), green: Uint8Array.of(30, 40), blue: Uint8Array.of(50, 60) };
    const pixel = {
      ...GREY,
      rows: 1,
      columns: 3,
      bitsAllocated: 8,
      bitsStored: 8,
      highBit: 7,
      photometricInterpretation: "PALETTE COLOR",
      palette: { firstValueMapped: 5, ...tables },
    };
    const answer = await decodeFrame(asked(Uint8Array.of(0, 5, 9, 0), "native", { pixel }), codecFor);
    expect([...new Uint8Array(answer.image?.cells ?? new ArrayBuffer())]).toEqual([10, 30, 50, 10, 30, 50, 20, 40, 60]);
  });

  it.each([
    ["YBR_FULL", Uint8Array.of(128, 128, 128, 76, 85, 255), [128, 128, 128, 254, 0, 0]],
    ["YBR_FULL_422", Uint8Array.of(128, 76, 128, 128), [128, 128, 128, 76, 76, 76]],
    ["RGB", Uint8Array.of(1, 2, 3, 4, 5, 6), [1, 2, 3, 4, 5, 6]],
  ])("of %s become RGB", async (photometricInterpretation, cells, wanted) => {
    const pixel = { ...GREY, rows: 1, columns: 2, samplesPerPixel: 3, bitsAllocated: 8, bitsStored: 8, highBit: 7 };
    const answer = await decodeFrame(
      asked(cells, "native", { pixel: { ...pixel, photometricInterpretation } }),
      codecFor,
    );
    const got = [...new Uint8Array(answer.image?.cells ?? new ArrayBuffer())];
    expect(got.every((value, at) => Math.abs(value - (wanted[at] ?? -9)) <= 1)).toBe(true);
  });

  it("that are too few are no picture", async () => {
    const answer = await decodeFrame(asked(Uint8Array.of(1, 2), "native"), codecFor);
    expect(answer.error).toContain("2 bytes where 8 are needed");
  });
});

describe("a lossy source", () => {
  it("is proved by its bytes, even where nothing here can decode it", async () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const expected = { digest: hash(bytes), of: "encoded" as const };
    const answer = await decodeFrame(asked(bytes, "other", { expected }), codecFor);
    expect(answer).toMatchObject({ image: null, equal: true });
    expect(answer.error).toContain("no decoder");
  });

  it("in RGB without a marker gets one, so that libjpeg does not take it for YCbCr", () => {
    const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xc0, 0, 2);
    expect(hasAdobeOrJfifMarker(jpeg)).toBe(false);
    expect(hasAdobeOrJfifMarker(withAdobeRgbMarker(jpeg))).toBe(true);
    expect([...withAdobeRgbMarker(jpeg).subarray(18)]).toEqual([0xff, 0xc0, 0, 2]);
  });
});

describe("the decoders of a worker", () => {
  it("are opened once each, and once more where one did not come", async () => {
    const opened: Coding[] = [];
    const codec: Codec = await openjph;
    const kept = keptCodecs((coding) => {
      opened.push(coding);
      return opened.length === 1 ? Promise.reject(new TypeError("Failed to fetch")) : Promise.resolve(codec);
    });
    await expect(kept("htj2k")).rejects.toThrow("Failed to fetch");
    expect(await kept("htj2k")).toBe(codec);
    expect(await kept("htj2k")).toBe(codec);
    await kept("j2k");
    expect(opened).toEqual(["htj2k", "htj2k", "j2k"]);
  });
});
