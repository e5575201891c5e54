import { beforeEach, describe, expect, it } from "vitest";
import { Refused, type FetchOptions, type FrameBytes } from "@/images/fetchFrame";
import type { Part, PartsOptions } from "@/images/fetchParts";
import type { Frame } from "@/images/frame";
import { LineUse } from "@/images/lineUse";
import { madeFrame } from "@/images/madeFrames";
import { bringAhead, type Bringing } from "./bring";

const LARGE = 400_000;

const small = (): Frame => madeFrame({ length: 1000 });
const large = (): Frame => madeFrame({ length: LARGE });

let kept: Map<Frame, number>;
let room: number;
let asked: string[];
let line: LineUse;
let leaving: AbortController;

beforeEach(() => {
  kept = new Map();
  room = Infinity;
  asked = [];
  line = new LineUse();
  leaving = new AbortController();
});

const named = (frame: Frame, from: number): string => `${frame.instance.sopInstanceUid}@${from}`;

function bringing(more: Partial<Bringing> = {}): Bringing {
  return {
    line,
    signal: leaving.signal,
    packs: {
      has: (frame) => kept.has(frame),
      keep: (frame, bytes) => {
        if (kept.size >= room) return Promise.resolve(false);
        kept.set(frame, bytes.length);
        return Promise.resolve(true);
      },
    },
    fetchFrame: (bytes: FrameBytes, { until, url }: FetchOptions) => {
      asked.push(`${url.split("/").at(-3) ?? ""}@${bytes.received}`);
      bytes.received = until;
      return Promise.resolve();
    },
    fetchParts: (_: string, parts: readonly Part[], { arrived }: PartsOptions) => {
      asked.push(parts.map(({ frame, bytes }) => named(frame, bytes.received)).join(" "));
      for (const part of parts) {
        part.bytes.received = part.until;
        arrived(part, part.until);
      }
      return Promise.resolve();
    },
    wait: () => Promise.resolve(),
    ...more,
  };
}

describe("cases that come next", () => {
  it("come in the order in which they are seen, small frames together and large ones alone", async () => {
    const frames = [small(), small(), large(), small()];
    expect(await bringAhead(frames, bringing())).toBe(true);
    const [a, b, c, d] = frames.map((frame) => named(frame, 0));
    expect(asked).toEqual([`${a ?? ""} ${b ?? ""}`, c, d]);
    expect([...kept.keys()]).toEqual(frames);
  });

  it("are not fetched where they are here already", async () => {
    const [here, missing] = [small(), small()];
    kept.set(here, 1000);
    await bringAhead([here, missing], bringing());
    expect(asked).toEqual([named(missing, 0)]);
  });

  it("stop where there is no room for more", async () => {
    room = 1;
    expect(await bringAhead([large(), large(), large()], bringing())).toBe(false);
    expect(asked).toHaveLength(2);
  });

  it("wait while the open case needs the line, and give way to it at once", async () => {
    const frame = large();
    line.busy = true;
    let gaveWay = false;
    const done = bringAhead(
      [frame],
      bringing({
        fetchFrame: async (bytes, { signal, until }) => {
          asked.push(named(frame, bytes.received));
          if (bytes.received === 0) {
            bytes.received = LARGE / 4;
            setTimeout(() => (line.busy = true));
            await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
          }
          bytes.received = until;
        },
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(asked).toEqual([]);
    line.busy = false;
    line.subscribe(() => (gaveWay = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(gaveWay).toBe(true);
    expect(asked).toHaveLength(1);
    line.busy = false;
    await done;
    expect(asked).toEqual([named(frame, 0), named(frame, LARGE / 4)]);
    expect(kept.get(frame)).toBe(LARGE);
  });

  it("leave out what the hub does not give, and try again what the line failed to bring", async () => {
    const [gone, unlucky, fine] = [large(), large(), large()];
    let failed = false;
    await bringAhead(
      [gone, unlucky, fine],
      bringing({
        fetchFrame: (bytes, { url, until }) => {
          if (url === gone.url) return Promise.reject(new Refused(404));
          if (url === unlucky.url && !failed) {
            failed = true;
            return Promise.reject(new Error("the line"));
          }
          bytes.received = until;
          return Promise.resolve();
        },
      }),
    );
    expect([...kept.keys()]).toEqual([unlucky, fine]);
  });

  it("end when the room is left", async () => {
    line.busy = true;
    const done = bringAhead([large()], bringing());
    leaving.abort(new Error("left"));
    await expect(done).rejects.toThrow("left");
    expect(asked).toEqual([]);
  });
});
