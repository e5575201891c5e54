import { partsUrl } from "@/images/address";
import { Aborted } from "@/images/decode/pool";
import { fetchFrame, FrameBytes, HubFails, pauseAfter, Refused, waitAtLeast } from "@/images/fetchFrame";
import { fetchParts, type Part } from "@/images/fetchParts";
import type { Frame } from "@/images/frame";
import type { LineUse } from "@/images/lineUse";
import { LARGE } from "@/images/queue";

/** Frames of cases that come next are brought to this computer while the line has nothing better to do. */

export interface KeepingFrames {
  has(frame: Frame): boolean;
  keep(frame: Frame, bytes: Uint8Array<ArrayBuffer>): Promise<boolean>;
}

export interface Bringing {
  readonly packs: KeepingFrames;
  readonly line: LineUse;
  readonly signal: AbortSignal;
  readonly fetchFrame?: typeof fetchFrame;
  readonly fetchParts?: typeof fetchParts;
  readonly wait?: typeof waitAtLeast;
}

/** What is nobody at work (AUTH-11), and gives way at the hub too. */
export const AHEAD_HEADERS = { "X-Dokuei-Background": "1" };

const MOST_BYTES = 1_000_000;
const MOST_PARTS = 64;

/** Brings what is not here yet, in this order; false where there is no room for more. Rejects when told to stop. */
export async function bringAhead(frames: readonly Frame[], bringing: Bringing): Promise<boolean> {
  const given = new Set<Frame>();
  const begun = new Map<Frame, FrameBytes>();
  for (let tries = 1; ;) {
    const wanted = nextOf(frames, (frame) => given.has(frame) || bringing.packs.has(frame), begun);
    if (wanted.length === 0) return true;
    await bringing.line.free(bringing.signal);
    const way = givingWay(bringing);
    try {
      await fetched(wanted, way.signal, bringing);
      tries = 1;
    } catch (error) {
      bringing.signal.throwIfAborted();
      if (error instanceof Refused || error instanceof HubFails) for (const { frame } of wanted) given.add(frame);
      else if (!way.signal.aborted) {
        await (bringing.wait ?? waitAtLeast)(pauseAfter(tries), bringing.signal);
        tries += 1;
      }
    } finally {
      way.stop();
    }
    for (const { frame, bytes } of wanted) {
      if (!bytes.whole) continue;
      begun.delete(frame);
      if (!(await bringing.packs.keep(frame, bytes.buffer))) return false;
    }
  }
}

/** A large frame by itself, small ones of one study together; each goes on where it was left. */
function nextOf(frames: readonly Frame[], done: (frame: Frame) => boolean, begun: Map<Frame, FrameBytes>): Part[] {
  const chosen: Part[] = [];
  let bytes = 0;
  for (const frame of frames) {
    if (done(frame)) continue;
    const [first] = chosen;
    const large = frame.length >= LARGE;
    if (first !== undefined && (large || partsUrl(first.frame.url) !== partsUrl(frame.url))) break;
    const part = { frame, bytes: begun.get(frame) ?? new FrameBytes(frame.length), until: frame.length };
    begun.set(frame, part.bytes);
    chosen.push(part);
    bytes += frame.length - part.bytes.received;
    if (large || bytes >= MOST_BYTES || chosen.length === MOST_PARTS) break;
  }
  return chosen;
}

async function fetched(parts: readonly Part[], signal: AbortSignal, bringing: Bringing): Promise<void> {
  const [first] = parts;
  if (first === undefined) return;
  if (parts.length > 1) {
    const refused = new Set<Part>();
    await (bringing.fetchParts ?? fetchParts)(partsUrl(first.frame.url), parts, {
      signal,
      arrived: () => undefined,
      refused: (part) => refused.add(part),
    });
    for (const part of refused) await alone(part, signal, bringing);
  } else await alone(first, signal, bringing);
}

const alone = ({ frame, bytes, until }: Part, signal: AbortSignal, bringing: Bringing): Promise<void> =>
  (bringing.fetchFrame ?? fetchFrame)(bytes, {
    url: frame.url,
    headers: AHEAD_HEADERS,
    until,
    signal,
    arrived: () => undefined,
    ...(bringing.wait === undefined ? {} : { wait: bringing.wait }),
  });

/** Aborted as soon as the open case needs the line. */
function givingWay({ line, signal }: Bringing): { signal: AbortSignal; stop: () => void } {
  const way = new AbortController();
  const stop = line.subscribe(() => {
    if (line.busy) way.abort(new Aborted("the open case needs the line"));
  });
  return { signal: AbortSignal.any([way.signal, signal]), stop };
}
