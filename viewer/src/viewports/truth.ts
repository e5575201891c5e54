import type { FrameView } from "@/images/entry";
import type { Frame } from "@/images/frame";
import { keptReason, type KeptReason } from "@/images/reasons";
import { transferSyntax } from "@/images/transferSyntax";

/** What a viewport says about the truth of its frame. Pure: the words are the catalogue's. */
export interface Truth {
  /** What the modality or its PACS sent it in. */
  readonly sourceEncoding: string;
  readonly lossy: { readonly ratio: number | null; readonly method: string } | null;
  readonly stage: "waiting" | "preview" | "unproved" | "proved" | "failed";
  /** 0 to 100. */
  readonly percent: number;
  readonly decodedByHub: boolean;
  /** Why the source's encoding was kept; null where it was coded losslessly and proved. */
  readonly keptBecause: KeptReason | null;
  /** Whether the digest is of pixels, or of the bytes as received (a lossy source). */
  readonly digestOf: Frame["digestOf"];
}

const METHODS: Readonly<Record<string, string>> = {
  ISO_10918_1: "JPEG",
  ISO_14495_1: "JPEG-LS",
  ISO_15444_1: "JPEG 2000",
  ISO_15444_15: "HTJ2K",
  ISO_18181_1: "JPEG XL",
  ISO_13818_2: "MPEG-2",
  ISO_14496_10: "H.264",
  ISO_23008_2: "HEVC",
};

export function truthOf(frame: Frame, view: FrameView): Truth {
  const { instance } = frame;
  const source = transferSyntax(instance.sourceTransferSyntaxUid);
  const { lossy } = instance;
  const method = lossy?.methods.at(-1) ?? "";
  return {
    sourceEncoding: source.name,
    lossy: lossy === null ? null : { ratio: totalRatio(lossy.ratios), method: methodName(method) || source.name },
    stage: stageOf(view),
    percent: Math.floor(view.arrived * 100),
    decodedByHub: view.decodedByHub,
    keptBecause: instance.proof === "kept" ? keptReason(instance.reason) : null,
    digestOf: frame.digestOf,
  };
}

/** What a method of compression is called (PS3.3 C.7.6.1.1.5.1); its own term where that is not known. */
export const methodName = (term: string): string => METHODS[term] ?? term;

/** Lossy steps one after the other multiply (PS3.3 C.7.6.1.1.5.2 gives one ratio for each). */
function totalRatio(ratios: readonly number[]): number | null {
  const known = ratios.filter((ratio) => ratio > 0);
  return known.length === 0 ? null : known.reduce((product, ratio) => product * ratio, 1);
}

function stageOf(view: FrameView): Truth["stage"] {
  if (view.failure !== null) return "failed";
  if (view.image === null) return "waiting";
  if (!view.whole) return "preview";
  return view.proved ? "proved" : "unproved";
}
