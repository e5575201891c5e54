import openjph from "@cornerstonejs/codec-openjph";
import openjphWasm from "@cornerstonejs/codec-openjph/wasm?url";
import { keptCodecs, reusedCodec, type Codec, type WasmFactory, type WasmModule } from "./codecs";
import { decodeFrame } from "./decode";
import type { DecodeRequest, Ready } from "./messages";
import type { Coding } from "../transferSyntax";

/** A decode worker: one request at a time, its codecs kept from the first use to its end. */

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

const codecFor = keptCodecs(open);

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
