import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { decodeFrame } from "./decode/decode";
import type { DecodeAnswer } from "./decode/messages";
import type { DecodePool } from "./decode/pool";
import { FrameBytes, HubFails, Refused, type FetchOptions } from "./fetchFrame";
import type { Part, PartsOptions } from "./fetchParts";
import type { Frame } from "./frame";
import { madeFrame } from "./madeFrames";
import { LineUse } from "./lineUse";
import { FrameStore, type FrameStoreOptions, type Rejection } from "./store";
import type { KeptFrames } from "./unpacking";

const NATIVE = "1.2.840.10008.1.2.1";

/** Real decoding and proving, on this thread. */
function pool(log: string[] = []): DecodePool {
  return {
    decode: async (request): Promise<DecodeAnswer> => {
      log.push(`decode ${request.coding}`);
      return decodeFrame({ ...request, task: 0, encoded: request.encoded.slice(0) }, () => Promise.resolve(null));
    },
    begin: () => Promise.resolve(),
    close: () => undefined,
  };
}

const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

interface Made {
  readonly frame: Frame;
  readonly bytes: Uint8Array;
}

/** A native frame of 4 × 2 cells and the bytes that a server would give for it. */
function made(seed: number, more: Parameters<typeof madeFrame>[0] = {}): Made {
  const bytes = new Uint8Array(Uint16Array.from({ length: 8 }, (_, index) => (seed * 37 + index) % 4096).buffer);
  const frame = madeFrame({
    length: bytes.length,
    digest: hash(bytes),
    ...more,
    instance: { transferSyntaxUid: NATIVE, ...more.instance },
    pixel: { rows: 2, columns: 4, ...more.pixel },
  });
  return { frame, bytes };
}

interface World {
  readonly store: FrameStore;
  readonly fetched: string[];
  readonly rejected: Rejection[];
  readonly log: string[];
}

function world(frames: readonly Made[], more: Partial<FrameStoreOptions> = {}): World {
  const fetched: string[] = [];
  const rejected: Rejection[] = [];
  const log: string[] = [];
  const source = new Map(frames.map(({ frame, bytes }) => [frame.url, bytes]));
  const fetchFrame = async (bytes: FrameBytes, { url, until, arrived }: FetchOptions): Promise<void> => {
    await Promise.resolve();
    fetched.push(url);
    bytes.buffer.set((source.get(url) ?? new Uint8Array()).subarray(0, until));
    bytes.received = until;
    arrived(until);
  };
  const fetchParts = async (_: string, parts: readonly Part[], { signal, arrived }: PartsOptions): Promise<void> => {
    for (const part of parts) {
      await Promise.resolve();
      signal.throwIfAborted();
      fetched.push(part.frame.url);
      const { received } = part.bytes;
      const bytes = (source.get(part.frame.url) ?? new Uint8Array()).subarray(received, part.until);
      part.bytes.buffer.set(bytes, received);
      part.bytes.received = part.until;
      arrived(part, bytes.length);
    }
  };
  const store = new FrameStore({
    pool: pool(log),
    onRejected: (one) => rejected.push(one),
    decodedBudget: 1e9,
    encodedBudget: 1e9,
    fetchFrame,
    fetchParts,
    fetchDecoded: () => Promise.reject(new Refused(404)),
    ...more,
  });
  return { store, fetched, rejected, log };
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400 && !condition(); tries += 1) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(condition()).toBe(true);
}

const allProved = (store: FrameStore) => (): boolean => {
  const views = store.views();
  return views.length > 0 && views.every(({ view }) => view.proved);
};

describe("the frames of a case", () => {
  it("all come, in the order in which they are wanted, each once, and are proved", async () => {
    const frames = Array.from({ length: 20 }, (_, index) => made(index));
    const { store, fetched, rejected } = world(frames, { parallel: 1 });
    const stack = frames.map(({ frame }) => frame);
    store.look([{ frames: stack, index: 10, direction: 0, kind: "active" }]);
    store.open(stack);
    await until(allProved(store));
    expect(fetched[0]).toBe(stack[10]?.url);
    expect(new Set(fetched.slice(1, 3))).toEqual(new Set([stack[9]?.url, stack[11]?.url]));
    expect(fetched).toHaveLength(20);
    expect(rejected).toEqual([]);
  });

  it("whose pixels are not the source's are fetched once more, then never shown, and reported (IMG-01)", async () => {
    const { frame, bytes } = made(1, { digest: "0".repeat(64) });
    const { store, fetched, rejected } = world([{ frame, bytes }]);
    store.open([frame]);
    await until(() => store.view(frame.imageId)?.failure !== null);
    expect(store.view(frame.imageId)).toMatchObject({ failure: "digest", image: null, proved: false });
    expect(fetched).toHaveLength(2);
    expect(rejected.map(({ found }) => found)).toEqual([hash(bytes), hash(bytes)]);
  });

  it("that fail leave the others alone, and can be asked for again", async () => {
    const bad = made(1, { digest: "0".repeat(64) });
    const good = [made(2), made(3)];
    const { store, fetched } = world([bad, ...good]);
    store.open([bad, ...good].map(({ frame }) => frame));
    await until(() => store.view(bad.frame.imageId)?.failure === "digest");
    await until(() => good.every(({ frame }) => store.view(frame.imageId)?.proved === true));
    const before = fetched.length;
    store.retry(bad.frame.imageId);
    await until(() => fetched.length === before + 2);
  });

  it("that the hub refuses say so", async () => {
    const one = made(1);
    const fetchFrame = (): Promise<void> => Promise.reject(new Refused(404));
    const { store } = world([one], { fetchFrame });
    store.open([one.frame]);
    await until(() => store.view(one.frame.imageId)?.failure === "refused");
  });

  it("that no decoder here can open are decoded by the hub, and their cells still compared", async () => {
    const one = made(1, { instance: { transferSyntaxUid: "1.2.840.10008.1.2.4.70" } });
    const { store, log } = world([one], { fetchDecoded: () => Promise.resolve(one.bytes.slice().buffer) });
    store.open([one.frame]);
    await until(() => store.view(one.frame.imageId)?.proved === true);
    expect(store.view(one.frame.imageId)).toMatchObject({ decodedByHub: true, whole: true });
    expect(log).toEqual(["decode other", "decode native"]);
  });

  it("that the hub decodes are waited for when the line fails, which says nothing against them", async () => {
    const one = made(1, { instance: { transferSyntaxUid: "1.2.840.10008.1.2.4.70" } });
    let tries = 0;
    const fetchDecoded = (): Promise<ArrayBuffer> => {
      tries += 1;
      return tries < 4 ? Promise.reject(new TypeError("Failed to fetch")) : Promise.resolve(one.bytes.slice().buffer);
    };
    const { store, rejected } = world([one], { fetchDecoded, wait: () => Promise.resolve() });
    store.open([one.frame]);
    await until(() => store.view(one.frame.imageId)?.proved === true);
    expect(rejected).toEqual([]);
    expect(store.view(one.frame.imageId)).toMatchObject({ failure: null, retrying: false });
  });

  it("that the hub will not decode for this reader are refused, not undecodable", async () => {
    const one = made(1, { instance: { transferSyntaxUid: "1.2.840.10008.1.2.4.70" } });
    const { store, rejected } = world([one], { fetchDecoded: () => Promise.reject(new Refused(403)) });
    store.open([one.frame]);
    await until(() => store.view(one.frame.imageId)?.failure === "refused");
    expect(rejected).toEqual([]);
  });

  it("that nobody can decode are asked for once, and say why", async () => {
    const one = made(1, { digestOf: "encoded", instance: { transferSyntaxUid: "1.2.840.10008.1.2.4.51" } });
    const fetchDecoded = (): Promise<ArrayBuffer> => Promise.reject(new Refused(406, "it is no JPEG stream"));
    const { store, fetched, rejected } = world([one], { fetchDecoded });
    store.open([one.frame]);
    await until(() => store.view(one.frame.imageId)?.failure !== null);
    expect(store.view(one.frame.imageId)).toMatchObject({ failure: "undecodable", detail: "it is no JPEG stream" });
    expect(fetched).toHaveLength(1);
    expect(rejected).toEqual([]);
  });

  it("that the hub decoded to other pixels are rejected", async () => {
    const one = made(1, { instance: { transferSyntaxUid: "1.2.840.10008.1.2.4.70" } });
    const { store } = world([one], { fetchDecoded: () => Promise.resolve(made(9).bytes.slice().buffer) });
    store.open([one.frame]);
    await until(() => store.view(one.frame.imageId)?.failure === "digest");
  });

  it("of a lossy source are proved by their bytes", async () => {
    const lossy = { digestOf: "encoded" as const, instance: { transferSyntaxUid: "1.2.840.10008.1.2.4.51" } };
    const one = made(1, lossy);
    const { store } = world([one], { fetchDecoded: () => Promise.resolve(made(9).bytes.slice().buffer) });
    store.open([one.frame]);
    await until(() => store.view(one.frame.imageId)?.proved === true);
    expect(store.view(one.frame.imageId)?.decodedByHub).toBe(true);
  });

  it("are let go of beyond the budget, stay known as proved, and come back without the line", async () => {
    const frames = Array.from({ length: 300 }, (_, index) => made(index));
    const stack = frames.map(({ frame }) => frame);
    const { store, fetched } = world(frames, { decodedBudget: 16 * 100 });
    store.look([{ frames: stack, index: 0, direction: 0, kind: "active" }]);
    store.open(stack);
    await until(allProved(store));
    await until(() => store.views().filter(({ view }) => view.image !== null).length <= 100);
    expect(store.view(stack[0]?.imageId ?? "")?.image).not.toBeNull();
    expect(store.view(stack[299]?.imageId ?? "")).toMatchObject({ image: null, proved: true, arrived: 1 });
    store.look([{ frames: stack, index: 299, direction: 1, kind: "active" }]);
    await until(() => store.view(stack[299]?.imageId ?? "")?.image !== null);
    expect(fetched).toHaveLength(300);
  });

  it("stop coming when the case is left, and come when it is opened again", async () => {
    const frames = Array.from({ length: 30 }, (_, index) => made(index));
    const { store, fetched } = world(frames, { parallel: 1 });
    const stack = frames.map(({ frame }) => frame);
    store.open(stack);
    await until(() => fetched.length > 2);
    store.close();
    const count = fetched.length;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(fetched.length).toBeLessThanOrEqual(count + 1);
    expect(store.views()).toEqual([]);
    store.open(stack);
    await until(allProved(store));
  });

  it("that the hub does not give among others are asked for alone, which says why", async () => {
    const frames = [made(1), made(2), made(3)];
    const fetchParts = (_: string, parts: readonly Part[], { refused }: PartsOptions): Promise<void> => {
      for (const part of parts) refused(part);
      return Promise.resolve();
    };
    const { store, fetched } = world(frames, { fetchParts });
    store.open(frames.map(({ frame }) => frame));
    await until(allProved(store));
    expect(fetched).toHaveLength(3);
  });

  it("on which the hub fails for ever say so, and the others come", async () => {
    const frames = [made(1), made(2), made(3)];
    const [, broken] = frames;
    const fetchFrame = (bytes: FrameBytes, { url, until, arrived }: FetchOptions): Promise<void> => {
      const one = frames.find(({ frame }) => frame.url === url);
      if (one === undefined || one === broken) return Promise.reject(new Refused(500));
      bytes.buffer.set(one.bytes);
      bytes.received = until;
      arrived(until);
      return Promise.resolve();
    };
    const fetchParts = (): Promise<void> => Promise.reject(new HubFails("HTTP 500"));
    const { store } = world(frames, { fetchParts, fetchFrame });
    store.open(frames.map(({ frame }) => frame));
    const failures = (): (string | null)[] => store.views().map(({ view }) => view.failure);
    await until(
      () => failures().join() === ",refused," && store.views().filter(({ view }) => view.proved).length === 2,
    );
    expect(store.view(broken?.frame.imageId ?? "")?.detail).toBe("HTTP 500");
  });

  it("that come together go on where they ended when the line fails, and say that it does", async () => {
    const frames = [made(1), made(2), made(3)];
    let tries = 0;
    const retrying: boolean[] = [];
    const fetchParts = (_: string, parts: readonly Part[], { arrived }: PartsOptions): Promise<void> => {
      tries += 1;
      const [part] = parts;
      if (part !== undefined) {
        const bytes = frames.find(({ frame }) => frame === part.frame)?.bytes ?? new Uint8Array();
        const { received } = part.bytes;
        part.bytes.buffer.set(bytes.subarray(received, received + 4), received);
        part.bytes.received += 4;
        arrived(part, 4);
      }
      return Promise.reject(new TypeError("network error"));
    };
    const wait = (): Promise<void> => {
      retrying.push(store.views().some(({ view }) => view.retrying));
      return Promise.resolve();
    };
    const { store, rejected } = world(frames, { fetchParts, wait });
    store.open(frames.map(({ frame }) => frame));
    await until(allProved(store));
    expect(tries).toBeGreaterThan(3);
    expect(retrying).not.toContain(false);
    expect(rejected).toEqual([]);
  });

  it("tell who listens of each change", async () => {
    const one = made(1);
    const { store } = world([one]);
    const seen: boolean[] = [];
    const stop = store.subscribe(one.frame.imageId, (view) => seen.push(view.proved));
    store.open([one.frame]);
    await until(() => seen.at(-1) === true);
    stop();
    store.retry(one.frame.imageId);
    expect(seen.at(-1)).toBe(true);
  });
});

/** Packs in memory. */
function madePacks(): KeptFrames & {
  readonly kept: Map<string, Uint8Array<ArrayBuffer>>;
  readonly opened: () => void;
} {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  const listeners = new Set<() => void>();
  return {
    kept,
    opened: () => listeners.forEach((listener) => listener()),
    has: ({ imageId }) => kept.has(imageId),
    take: ({ imageId }) => Promise.resolve(kept.get(imageId)?.slice() ?? null),
    keep: ({ imageId }, bytes) => Promise.resolve(kept.set(imageId, bytes.slice()).has(imageId)),
    forget: ({ imageId }) => kept.delete(imageId),
    onOpen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

describe("frames that lie on this computer", () => {
  const proved = ({ store }: World, frames: readonly Made[]): boolean =>
    frames.every(({ frame }) => store.view(frame.imageId)?.proved === true);

  it("are kept once they are proved, and come from there the next time, proved again", async () => {
    const packs = madePacks();
    const frames = [made(1), made(2), made(3)];
    const first = world(frames, { packs });
    first.store.open(frames.map(({ frame }) => frame));
    await until(() => proved(first, frames) && packs.kept.size === 3);
    first.store.close();
    const second = world(frames, { packs });
    second.store.open(frames.map(({ frame }) => frame));
    await until(() => proved(second, frames));
    expect(proved(second, frames)).toBe(true);
    expect(second.fetched).toEqual([]);
  });

  it("come by the line after all where they are gone when they are asked for", async () => {
    const packs = madePacks();
    const one = made(4);
    const { store, fetched, ...rest } = world([one], { packs: { ...packs, has: () => true } });
    store.open([one.frame]);
    await until(() => proved({ store, fetched, ...rest }, [one]));
    expect(fetched).toEqual([one.frame.url]);
  });

  it("are never shown where they are not what their digest says: told to the hub, and fetched anew", async () => {
    const packs = madePacks();
    const one = made(5);
    packs.kept.set(
      one.frame.imageId,
      Uint8Array.from(one.bytes, (byte) => byte ^ 1),
    );
    const it = world([one], { packs });
    it.store.open([one.frame]);
    await until(() => proved(it, [one]));
    expect(it.rejected.map(({ frame }) => frame)).toEqual([one.frame]);
    expect(it.fetched).toEqual([one.frame.url]);
    await until(() => packs.kept.size === 1);
    expect(packs.kept.get(one.frame.imageId)).toEqual(new Uint8Array(one.bytes));
  });

  it("are found when the packs open after the case", async () => {
    const packs = madePacks();
    const one = made(6);
    const it = world([one], { packs, fetchFrame: () => new Promise(() => undefined), parallel: 0 });
    it.store.open([one.frame]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    packs.kept.set(one.frame.imageId, new Uint8Array(one.bytes));
    packs.opened();
    it.store.look([]);
    await until(() => proved(it, [one]));
    expect(proved(it, [one])).toBe(true);
  });

  it("says whether the case needs the line", async () => {
    const line = new LineUse();
    const frames = [made(7), made(8)];
    const it = world(frames, { line });
    const told: boolean[] = [];
    line.subscribe(() => told.push(line.busy));
    it.store.open(frames.map(({ frame }) => frame));
    await until(() => proved(it, frames) && !line.busy);
    expect(told.at(0)).toBe(true);
    expect(told.at(-1)).toBe(false);
  });
});
