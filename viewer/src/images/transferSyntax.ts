/** What each transfer syntax is called on the screen, and how a browser can decode it (PS3.5 10, PS3.6 A). */

export type Coding = "native" | "htj2k" | "j2k" | "jpeg8" | "jpeg-ls" | "rle" | "video" | "other";

interface Syntax {
  readonly name: string;
  readonly coding: Coding;
  readonly lossy: boolean;
}

const syntaxes: Readonly<Record<string, Syntax>> = {
  "1.2.840.10008.1.2": { name: "Implicit LE", coding: "native", lossy: false },
  "1.2.840.10008.1.2.1": { name: "Explicit LE", coding: "native", lossy: false },
  "1.2.840.10008.1.2.1.98": { name: "Encapsulated uncompressed", coding: "native", lossy: false },
  "1.2.840.10008.1.2.1.99": { name: "Deflated LE", coding: "native", lossy: false },
  "1.2.840.10008.1.2.2": { name: "Explicit BE", coding: "native", lossy: false },
  "1.2.840.10008.1.2.4.50": { name: "JPEG", coding: "jpeg8", lossy: true },
  "1.2.840.10008.1.2.4.51": { name: "JPEG 12 bit", coding: "other", lossy: true },
  "1.2.840.10008.1.2.4.53": { name: "JPEG spectral", coding: "other", lossy: true },
  "1.2.840.10008.1.2.4.55": { name: "JPEG progressive", coding: "other", lossy: true },
  "1.2.840.10008.1.2.4.57": { name: "JPEG Lossless", coding: "other", lossy: false },
  "1.2.840.10008.1.2.4.70": { name: "JPEG Lossless SV1", coding: "other", lossy: false },
  "1.2.840.10008.1.2.4.80": { name: "JPEG-LS", coding: "jpeg-ls", lossy: false },
  "1.2.840.10008.1.2.4.81": { name: "JPEG-LS near-lossless", coding: "jpeg-ls", lossy: true },
  "1.2.840.10008.1.2.4.90": { name: "JPEG 2000 Lossless", coding: "j2k", lossy: false },
  "1.2.840.10008.1.2.4.91": { name: "JPEG 2000", coding: "j2k", lossy: true },
  "1.2.840.10008.1.2.4.92": { name: "JPEG 2000 MC Lossless", coding: "other", lossy: false },
  "1.2.840.10008.1.2.4.93": { name: "JPEG 2000 MC", coding: "other", lossy: true },
  "1.2.840.10008.1.2.4.100": { name: "MPEG-2", coding: "video", lossy: true },
  "1.2.840.10008.1.2.4.101": { name: "MPEG-2", coding: "video", lossy: true },
  "1.2.840.10008.1.2.4.102": { name: "MPEG-4 AVC", coding: "video", lossy: true },
  "1.2.840.10008.1.2.4.103": { name: "MPEG-4 AVC", coding: "video", lossy: true },
  "1.2.840.10008.1.2.4.104": { name: "MPEG-4 AVC", coding: "video", lossy: true },
  "1.2.840.10008.1.2.4.105": { name: "MPEG-4 AVC", coding: "video", lossy: true },
  "1.2.840.10008.1.2.4.106": { name: "MPEG-4 AVC", coding: "video", lossy: true },
  "1.2.840.10008.1.2.4.107": { name: "HEVC", coding: "video", lossy: true },
  "1.2.840.10008.1.2.4.108": { name: "HEVC", coding: "video", lossy: true },
  "1.2.840.10008.1.2.4.110": { name: "JPEG XL Lossless", coding: "other", lossy: false },
  "1.2.840.10008.1.2.4.111": { name: "JPEG XL recompressed JPEG", coding: "other", lossy: true },
  "1.2.840.10008.1.2.4.112": { name: "JPEG XL", coding: "other", lossy: true },
  "1.2.840.10008.1.2.4.201": { name: "HTJ2K Lossless", coding: "htj2k", lossy: false },
  "1.2.840.10008.1.2.4.202": { name: "HTJ2K Lossless RPCL", coding: "htj2k", lossy: false },
  "1.2.840.10008.1.2.4.203": { name: "HTJ2K", coding: "htj2k", lossy: true },
  "1.2.840.10008.1.2.5": { name: "RLE", coding: "rle", lossy: false },
  "1.2.840.10008.1.2.8.1": { name: "Deflated frames", coding: "other", lossy: false },
};

const UNKNOWN: Syntax = { name: "", coding: "other", lossy: false };

export const HTJ2K_LOSSLESS_RPCL = "1.2.840.10008.1.2.4.202";
export const EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1";

/** A fragmentable video is the same stream in more than one piece (PS3.5 10.20). */
const whole = (uid: string): string => uid.replace(/^(1\.2\.840\.10008\.1\.2\.4\.10\d)\.1$/, "$1");

export function transferSyntax(uid: string): Syntax {
  return syntaxes[whole(uid)] ?? { ...UNKNOWN, name: uid };
}
