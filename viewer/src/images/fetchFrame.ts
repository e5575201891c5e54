import { SIGNED_OUT } from "@/api/client";
import { deviceFetch } from "@/api/device";
import { reach } from "@/api/reach";
import { lineTry } from "./lineTry";
import { EXPLICIT_LITTLE_ENDIAN } from "./transferSyntax";

/** A frame's bytes over an ordinary line: every byte once, waits instead of failing, gives up only when told no. */

/** The hub will not give this frame: no waiting makes it come. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly status: number;
  constructor(status: number, why = `HTTP ${status}`) {
    super(why);
    this.status = status;
  }
}

/** The hub itself fails on it: waiting may help, or may not. */
export class HubFails extends Error {
  override readonly name = "HubFails";
}

/** Bytes of one frame as far as they are here. */
export class FrameBytes {
  /** Bytes that are all here. */
  static of(bytes: Uint8Array<ArrayBuffer>): FrameBytes {
    const made = new FrameBytes(0);
    return Object.assign(made, { buffer: bytes, received: bytes.length });
  }
  readonly buffer: Uint8Array<ArrayBuffer>;
  received = 0;
  /** Which coded object they are of: the first half of its SHA-256 in hex, as ETags begin with it. */
  version = "";
  constructor(length: number) {
    this.buffer = new Uint8Array(length);
  }
  get whole(): boolean {
    return this.received === this.buffer.length;
  }
  /** Whether bytes of this version of the object go on where these end; those of another begin anew. */
  continues(version: string): boolean {
    const same = this.received === 0 || this.version === version;
    if (!same) this.received = 0;
    this.version = version;
    return same;
  }
}

export interface FetchOptions {
  readonly url: string;
  /** What to ask for where it is not a frame as it is stored. */
  readonly accept?: string;
  readonly headers?: Record<string, string>;
  /** Stop after this many bytes of the frame. */
  readonly until: number;
  readonly signal: AbortSignal;
  /** Called whenever bytes have come, with how many. */
  readonly arrived: (count: number) => void;
  readonly fetch?: typeof fetch;
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Called when a try has failed, with what went wrong, before waiting for the next. */
  readonly failed?: (error: Error, tries: number) => void;
}

const INTERNAL = 500;
const STORED = "application/octet-stream; transfer-syntax=*";
const CEILING = 8_000;
/** So long the hub may decode before it says anything, behind others that it decodes. */
const DECODED_WITHIN = 30_000;
/** So often the hub may fail on one frame in a row until that is said of it; the line is tried for ever. */
const FAILS_AT_MOST = 5;

/** A line that comes back ends the wait at once. */
export const waitAtLeast = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  reach.pause(milliseconds, signal);

/** Half a second, doubling to the ceiling, spread so that many pages do not come back in the same instant. */
export const pauseAfter = (tries: number): number =>
  Math.min(500 * 2 ** (tries - 1), CEILING) * (0.75 + Math.random() / 2);

/** Fetches on from where `bytes` ends, for as long as it takes. Throws `Refused`, or the signal's reason. */
export async function fetchFrame(bytes: FrameBytes, options: FetchOptions): Promise<void> {
  const wait = options.wait ?? waitAtLeast;
  let fails = 0;
  for (let tries = 1; bytes.received < options.until;) {
    const before = bytes.received;
    try {
      await lineTry(options.signal, (signal, came) => fetchOnce(bytes, { ...options, signal, came }));
    } catch (error) {
      options.signal.throwIfAborted();
      if (error instanceof Refused) throw error;
      fails = error instanceof HubFails ? fails + 1 : 0;
      if (fails === FAILS_AT_MOST) throw new Refused(INTERNAL);
      if (bytes.received > before) tries = 1;
      options.failed?.(error as Error, tries);
      await wait(pauseAfter(tries), options.signal);
      tries += 1;
    }
  }
}

interface Try extends FetchOptions {
  readonly came: () => void;
}

async function fetchOnce(bytes: FrameBytes, options: Try): Promise<void> {
  const from = bytes.received;
  const whole = from === 0 && options.until === bytes.buffer.length;
  const headers: Record<string, string> = { Accept: options.accept ?? STORED, ...options.headers };
  if (!whole) headers["Range"] = `bytes=${from}-${options.until - 1}`;
  const answer = await (options.fetch ?? deviceFetch)(options.url, {
    headers,
    signal: options.signal,
    credentials: "same-origin",
  });
  refuseStatus(answer.status);
  if (answer.status !== 200 && answer.status !== 206) throw new Error(`HTTP ${answer.status}`);
  sameObject(bytes, answer);
  const skip = answer.status === 200 ? bytes.received : 0;
  await read(bytes, answer, skip, options);
}

/** Throws where no waiting makes an answer come, or where the hub says that it failed. */
export function refuseStatus(status: number): void {
  if (status === INTERNAL) throw new HubFails(`HTTP ${status}`);
  if (status === 401) window.dispatchEvent(new CustomEvent(SIGNED_OUT));
  if ([400, 403, 404, 406, 410, 451].includes(status)) throw new Refused(status);
}

const versionOf = (etag: string): string => /^"([0-9a-f]{32})/.exec(etag)?.[1] ?? etag;

/** Bytes of another version of the object are not joined to those we have. */
function sameObject(bytes: FrameBytes, answer: Response): void {
  bytes.continues(versionOf(answer.headers.get("etag") ?? ""));
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(answer.headers.get("content-range") ?? "");
  if (answer.status === 206 && Number(range?.[1]) !== bytes.received) throw new Error("another range than asked for");
}

async function read(bytes: FrameBytes, answer: Response, skip: number, options: Try): Promise<void> {
  const reader = answer.body?.getReader();
  if (reader === undefined) throw new Error("an answer without a body");
  let position = skip > 0 ? 0 : bytes.received;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const end = position + value.length;
    if (end > bytes.buffer.length) throw new Refused(502);
    if (end > bytes.received) {
      const count = end - bytes.received;
      bytes.buffer.set(value.subarray(bytes.received - position), bytes.received);
      bytes.received = end;
      options.came();
      options.arrived(count);
    }
    position = end;
    if (bytes.received >= options.until) {
      await reader.cancel();
      return;
    }
  }
  if (bytes.received < options.until) throw new Error("the answer ended early");
}

/** The hub's own decoding, for encodings that this browser has no decoder for: native little-endian cells. */
export async function fetchDecoded(url: string, signal: AbortSignal): Promise<ArrayBuffer> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  await lineTry(
    signal,
    async (trying, came) => {
      const answer = await deviceFetch(url, {
        headers: { Accept: `application/octet-stream; transfer-syntax=${EXPLICIT_LITTLE_ENDIAN}` },
        signal: trying,
        credentials: "same-origin",
      });
      if (answer.status === 406) throw new Refused(406, await whyNot(answer));
      refuseStatus(answer.status);
      if (!answer.ok || answer.body === null) throw new Error(`HTTP ${answer.status}`);
      const reader = answer.body.getReader();
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        parts.push(piece.value);
        came();
      }
    },
    DECODED_WITHIN,
  );
  return new Blob(parts).arrayBuffer();
}

/** The hub's problem document (RFC 9457) says what stands in the way. */
async function whyNot(answer: Response): Promise<string> {
  const problem = (await answer.json().catch(() => null)) as { readonly detail?: unknown } | null;
  return typeof problem?.detail === "string" ? problem.detail : "";
}
