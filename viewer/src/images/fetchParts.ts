import { deviceFetch } from "@/api/device";
import type { FrameBytes } from "./fetchFrame";
import { refuseStatus } from "./fetchFrame";
import type { Frame } from "./frame";
import { lineTry } from "./lineTry";

/** Parts of many frames in one answer of the hub (`frame-parts`): each is put where it belongs as it comes. */

export interface Part {
  readonly frame: Frame;
  readonly bytes: FrameBytes;
  /** Up to this byte of the frame; it begins where `bytes` ends. */
  readonly until: number;
}

export interface PartsOptions {
  readonly signal: AbortSignal;
  /** More of this part is here. */
  readonly arrived: (part: Part, count: number) => void;
  /** The hub does not give this part so: the frame has to be asked for alone, which says why. */
  readonly refused: (part: Part) => void;
  readonly fetch?: typeof fetch;
}

const HEAD_BYTES = 32;
const DIGEST_AT = 16;
const GIVEN = 200;

/** Every part is asked for once; throws where the line fails, with what came before kept. */
export const fetchParts = (url: string, parts: readonly Part[], options: PartsOptions): Promise<void> =>
  lineTry(options.signal, (signal, came) => fetchOnce(url, parts, { ...options, signal, came }));

interface Try extends PartsOptions {
  readonly came: () => void;
}

async function fetchOnce(url: string, parts: readonly Part[], options: Try): Promise<void> {
  const asked = parts.map(({ frame, bytes, until }) => ({
    series: frame.instance.seriesInstanceUid,
    instance: frame.instance.sopInstanceUid,
    frame: frame.frameNumber,
    begin: bytes.received,
    end: until,
  }));
  const answer = await (options.fetch ?? deviceFetch)(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Dokuei-Request": "1", "X-Dokuei-Background": "1" },
    body: JSON.stringify({ parts: asked }),
    signal: options.signal,
    credentials: "same-origin",
  });
  refuseStatus(answer.status);
  if (answer.status !== 200 || answer.body === null) throw new Error(`HTTP ${answer.status}`);
  const records = new Records(parts, options);
  const reader = answer.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    records.take(value);
  }
  if (!records.complete) throw new Error("the answer ended early");
}

/** Reads records from pieces of any size. */
class Records {
  readonly #parts: readonly Part[];
  readonly #options: Try;
  readonly #head = new Uint8Array(HEAD_BYTES);
  #headFilled = 0;
  #next = 0;
  #part: Part | null = null;
  #left = 0;

  constructor(parts: readonly Part[], options: Try) {
    this.#parts = parts;
    this.#options = options;
  }

  get complete(): boolean {
    return this.#next === this.#parts.length && this.#left === 0 && this.#headFilled === 0;
  }

  take(piece: Uint8Array): void {
    for (let at = 0; at < piece.length;) {
      at += this.#left > 0 ? this.#body(piece.subarray(at)) : this.#headed(piece.subarray(at));
    }
  }

  #headed(piece: Uint8Array): number {
    const taken = piece.subarray(0, HEAD_BYTES - this.#headFilled);
    this.#head.set(taken, this.#headFilled);
    this.#headFilled += taken.length;
    if (this.#headFilled === HEAD_BYTES) this.#begin();
    return taken.length;
  }

  #begin(): void {
    this.#headFilled = 0;
    const view = new DataView(this.#head.buffer);
    const [number, status, length] = [view.getUint32(0), view.getUint32(4), Number(view.getBigUint64(8))];
    const part = this.#parts[this.#next];
    if (part === undefined || number !== this.#next) throw new Error("another part than asked for");
    this.#next += 1;
    const wanted = part.until - part.bytes.received;
    const version = Array.from(this.#head.subarray(DIGEST_AT), (byte) => byte.toString(16).padStart(2, "0")).join("");
    if (status !== GIVEN || length !== wanted || !part.bytes.continues(version)) {
      if (status === GIVEN && length > 0) throw new Error("another length, or another version, than asked for");
      this.#options.refused(part);
      return;
    }
    this.#part = part;
    this.#left = length;
  }

  #body(piece: Uint8Array): number {
    const part = this.#part;
    if (part === null) throw new Error("bytes of no part");
    const taken = piece.subarray(0, this.#left);
    part.bytes.buffer.set(taken, part.bytes.received);
    part.bytes.received += taken.length;
    this.#left -= taken.length;
    this.#options.came();
    this.#options.arrived(part, taken.length);
    return taken.length;
  }
}
