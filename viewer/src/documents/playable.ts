import { hasContent } from "@/images/document";
import type { DocumentObject } from "@/images/frame";
import { transferSyntax } from "@/images/transferSyntax";

/** A picture of each coding as browsers name it: H.264 High 4.1, HEVC Main 10 5.1. No browser decodes MPEG-2. */
const CODECS: Readonly<Record<string, string>> = {
  "MPEG-4 AVC": 'video/mp4; codecs="avc1.640029"',
  HEVC: 'video/mp4; codecs="hvc1.2.4.L153.B0"',
};

/** Whether this browser has a decoder for a video's coding; its container is known when it is here. */
export function decodes(transferSyntaxUid: string): boolean {
  const codec = CODECS[transferSyntax(transferSyntaxUid).name];
  return codec !== undefined && document.createElement("video").canPlayType(codec) !== "";
}

/** Whether the reading room can put an object on the screen, as far as is known before it is opened (IMG-13). */
export const canBeShown = (one: DocumentObject): boolean =>
  hasContent(one) && (one.kind !== "video" || decodes(one.transferSyntaxUid));
