/** The hub's words for why a frame was kept as it came or cannot be decoded, as keys of the catalogue. Pure. */

const KNOWN = [
  [/its frames cannot be told apart/, "together"],
  [/an icon inside it is encoded/, "icon"],
  [/signed pixels in JPEG XL/, "jpegXlSigned"],
  [/labelled (?<what>.+), and its codestream does not show/, "unclear"],
  [/floating point pixels/, "float"],
  [/^1 bit$/, "oneBit"],
  [/(?<what>\d+) bits allocated/, "bits"],
  [/signed 8 bit/, "signedBytes"],
  [/(?<what>\d+ samples of .+)/, "samples"],
  [/more pixel data than its frames need/, "excess"],
  [/two decoders disagree/, "disagree"],
  [/only one of its decoders reads it/, "oneDecoder"],
  [/no decoder here reads it/, "noDecoder"],
  [/its frame is (?<what>.+) and its header says otherwise/, "otherSize"],
  [/its frame has (?<what>\d+) bits and its header allocates fewer/, "otherBits"],
  [/it is no (?<what>JPEG 2000|JPEG XL|JPEG) (?:code)?stream/, "notCoded"],
  [/cut off/, "cutOff"],
  [/is damaged|are damaged|lacks SIZ or COD/, "damaged"],
  [/does not decode to the same pixels/, "unequal"],
] as const;

export interface Reason {
  readonly key: (typeof KNOWN)[number][1] | "other";
  /** What the sentence is about: a number, a size, a name; or the hub's own words where they are not known here. */
  readonly what: string;
}

export function reasonOf(words: string): Reason {
  for (const [pattern, key] of KNOWN) {
    const found = pattern.exec(words);
    if (found !== null) return { key, what: found.groups?.["what"] ?? "" };
  }
  return { key: "other", what: words };
}
