import openjph from "@cornerstonejs/codec-openjph";
import openjphWasm from "@cornerstonejs/codec-openjph/wasm?url";
import { reusedCodec, type Codec, type WasmFactory, type WasmModule } from "./codecs";
import { decodeFrame } from "./decode";
import type { DecodeRequest, Ready } from "./messages";
import type { Coding } from "../transferSyntax";

/** A decode worker: one request at a time, its codecs kept from the first use to its end. */

const codecs = new Map<Coding, Promise<Codec | null>>();

async function load(factory: WasmFactory, wasmUrl: string, decoderName: string): Promise<Codec> {
  const module = await factory({ locateFile: (name) => (name.endsWith(".wasm") ? wasmUrl : name) });
  return reusedCodec(module as WasmModule, decoderName);
}

async function open(coding: Coding): Promise<Codec | null> {
  switch (coding) {
    case "htj2k":
      return load(openjph, openjphWasm, "HTJ2KDecoder");
    case "j2k": {
      const [code, wasm] = await Promise.all([
        import("@cornerstonejs/codec-openjpeg/decodewasmjs"),
        import("@cornerstonejs/codec-openjpeg/decodewasm?url"),
      ]);
      return load(code.default, wasm.default, "J2KDecoder");
    }
    case "jpeg-ls": {
      const [code, wasm] = await Promise.all([
        import("@cornerstonejs/codec-charls/decodewasmjs"),
        import("@cornerstonejs/codec-charls/decodewasm?url"),
      ]);
      return load(code.default, wasm.default, "JpegLSDecoder");
    }
    case "jpeg8": {
      const [code, wasm] = await Promise.all([
        import("@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs"),
        import("@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm?url"),
      ]);
      return load(code.default, wasm.default, "JPEGDecoder");
    }
    default:
      return null;
  }
}

async function codecFor(coding: Coding): Promise<Codec | null> {
  const known = codecs.get(coding) ?? open(coding);
  codecs.set(coding, known);
  return known;
}

/** What the hub codes itself is decoded with this: it is here before the first frame is. */
let turn: Promise<void> = codecFor("htj2k")
  .catch(() => null)
  .then(() => self.postMessage({ ready: true } satisfies Ready));

self.onmessage = (event: MessageEvent<DecodeRequest>): void => {
  turn = turn.then(async () => {
    const answer = await decodeFrame(event.data, codecFor);
    const cells = answer.image === null ? [] : [answer.image.cells];
    self.postMessage(answer, { transfer: [answer.encoded, ...cells] });
  });
};
