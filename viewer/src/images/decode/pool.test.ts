import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { madeFrame } from "../madeFrames";
import type { DecodeAnswer, DecodeRequest, Ready } from "./messages";
import { beginAhead, begunAhead, decodePool, takeAhead, type DecodePool } from "./pool";

/** A worker that does as the test says. */
class MadeWorker {
  onmessage: ((event: { data: DecodeAnswer | Ready }) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;
  readonly asked: DecodeRequest[] = [];
  terminated = false;
  postMessage(request: DecodeRequest): void {
    this.asked.push(request);
  }
  terminate(): void {
    this.terminated = true;
  }
}

function world(size: number): { pool: ReturnType<typeof decodePool>; workers: MadeWorker[] } {
  const workers: MadeWorker[] = [];
  const spawn = (): Worker => {
    workers.push(new MadeWorker());
    return workers.at(-1) as unknown as Worker;
  };
  return { pool: decodePool(size, spawn), workers };
}

const request = (): Omit<DecodeRequest, "task"> => ({
  encoded: new ArrayBuffer(8),
  coding: "htj2k",
  reduction: 0,
  pixel: madeFrame().pixel,
  expected: null,
});

const answer: DecodeAnswer = {
  task: 1,
  encoded: new ArrayBuffer(8),
  image: null,
  digest: "",
  equal: false,
  error: "",
  milliseconds: 1,
};

describe("decode workers", () => {
  it("are there when the first of them can decode", async () => {
    const { pool, workers } = world(2);
    let there = false;
    const begun = pool.begin().then(() => (there = true));
    expect(workers).toHaveLength(2);
    await Promise.resolve();
    expect(there).toBe(false);
    workers[1]?.onmessage?.({ data: { ready: true } });
    await begun;
    void pool.begin();
    expect(workers).toHaveLength(2);
  });

  it("are given up, and begun anew for the next frame, where their program does not come", async () => {
    const { pool, workers } = world(1);
    const begun = pool.begin();
    workers[0]?.onerror?.({ message: "no such script" });
    await begun;
    expect(workers[0]?.terminated).toBe(true);
    const decoded = pool.decode(request(), () => 0);
    expect(workers).toHaveLength(2);
    expect(workers[0]?.asked).toEqual([]);
    workers[1]?.onmessage?.({ data: answer });
    expect(await decoded).toBe(answer);
  });

  it("take what is wanted most when they are free, not when it was asked for", async () => {
    const { pool, workers } = world(1);
    const ranks = { first: 0, second: 5, third: 9 };
    const asked = Object.keys(ranks).map((name) => {
      const encoded = new TextEncoder().encode(name).buffer;
      return pool.decode({ ...request(), encoded }, () => ranks[name as keyof typeof ranks]);
    });
    const names = (): string[] => (workers[0]?.asked ?? []).map(({ encoded }) => new TextDecoder().decode(encoded));
    Object.assign(ranks, { second: 900, third: 1 });
    for (const expected of [["first"], ["first", "third"], ["first", "third", "second"]]) {
      expect(names()).toEqual(expected);
      workers[0]?.onmessage?.({ data: answer });
    }
    await Promise.all(asked);
  });

  it("end with the case, and whoever waited for them goes on", async () => {
    const { pool, workers } = world(1);
    const begun = pool.begin();
    pool.close();
    await begun;
    expect(workers[0]?.terminated).toBe(true);
    void pool.begin();
    expect(workers).toHaveLength(2);
  });
});

describe("workers that begin while a case is on its way", () => {
  let closed: number;
  const made = (): DecodePool => ({
    begin: () => Promise.resolve(),
    decode: () => Promise.reject(new Error("not asked")),
    close: () => {
      closed += 1;
    },
  });
  beforeEach(() => {
    vi.useFakeTimers();
    closed = 0;
  });
  afterEach(() => vi.useRealTimers());

  it("are the case's own from when it takes them, however often it was drawn before", () => {
    beginAhead(made);
    const pool = begunAhead();
    expect(begunAhead()).toBe(pool);
    if (pool === null) throw new Error("none have begun");
    takeAhead(pool);
    expect(begunAhead()).toBeNull();
    vi.advanceTimersByTime(60_000);
    expect(closed).toBe(0);
  });

  it("end where no case comes", () => {
    beginAhead(made);
    beginAhead(made);
    vi.advanceTimersByTime(60_000);
    expect(closed).toBe(1);
    expect(begunAhead()).toBeNull();
  });
});
