/** How a video's stream is packed (PS3.5 8.2.5 to 8.2.9 leave several ways open), by its first bytes. Pure. */
export type Container = "mp4" | "transport" | "program" | "elementary" | "unknown";

const PACKET = 188;
const SYNC = 0x47;

export function containerOf(bytes: Uint8Array): Container {
  if (String.fromCharCode(...bytes.subarray(4, 8)) === "ftyp") return "mp4";
  // A transport stream is packets of 188 bytes, or of 192 that begin with a clock of four (as on Blu-ray).
  const every = (first: number, step: number): boolean =>
    [0, 1, 2].every((n) => first + n * step >= bytes.length || bytes[first + n * step] === SYNC);
  if (bytes.length >= PACKET && (every(0, PACKET) || every(4, PACKET + 4))) return "transport";
  const start = bytes.findIndex((byte) => byte !== 0);
  if (start < 2 || bytes[start] !== 1) return "unknown";
  return bytes[start + 1] === 0xba ? "program" : "elementary";
}
