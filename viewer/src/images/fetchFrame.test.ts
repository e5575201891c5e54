import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { fetchDecoded, fetchFrame, FrameBytes, pauseAfter, Refused, type FetchOptions } from "./fetchFrame";

const FRAME = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);

type Answer = (request: IncomingMessage, response: ServerResponse, nth: number) => void;

let server: Server | null = null;
const ranges: string[] = [];

/** A real server on loopback that misbehaves as told. */
async function served(answer: Answer): Promise<string> {
  ranges.length = 0;
  server = createServer((request, response) => {
    ranges.push(request.headers.range ?? "");
    answer(request, response, ranges.length);
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

function wellBehaved(request: IncomingMessage, response: ServerResponse, etag = '"1"'): void {
  const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "");
  const [from, to] = range === null ? [0, 999] : [Number(range[1]), Number(range[2])];
  const headers = { etag, ...(range === null ? {} : { "content-range": `bytes ${from}-${to}/1000` }) };
  response.writeHead(range === null ? 200 : 206, headers).end(FRAME.subarray(from, to + 1));
}

const options = (url: string, until = 1000): FetchOptions => ({
  url,
  until,
  signal: new AbortController().signal,
  arrived: () => undefined,
  wait: () => Promise.resolve(),
});

describe("fetching a frame", () => {
  it("asks for a frame whole without a range", async () => {
    const bytes = new FrameBytes(1000);
    await fetchFrame(bytes, options(await served((request, response) => wellBehaved(request, response))));
    expect(bytes.buffer).toEqual(FRAME);
    expect(ranges).toEqual([""]);
  });

  it("goes on after a prefix without fetching a byte twice", async () => {
    const url = await served((request, response) => wellBehaved(request, response));
    const bytes = new FrameBytes(1000);
    await fetchFrame(bytes, options(url, 300));
    expect(bytes.received).toBe(300);
    await fetchFrame(bytes, options(url));
    expect(ranges).toEqual(["bytes=0-299", "bytes=300-999"]);
    expect(bytes.buffer).toEqual(FRAME);
  });

  it("resumes from the exact byte after the line broke", async () => {
    const url = await served((request, response, nth) => {
      if (nth > 1) {
        wellBehaved(request, response);
        return;
      }
      response.writeHead(200, { etag: '"1"', "content-length": "1000" });
      response.write(FRAME.subarray(0, 400), () => setTimeout(() => response.destroy(), 20));
    });
    const bytes = new FrameBytes(1000);
    const failures: number[] = [];
    await fetchFrame(bytes, { ...options(url), failed: (_, tries) => failures.push(tries) });
    expect(ranges).toEqual(["", "bytes=400-999"]);
    expect(failures).toEqual([1]);
    expect(bytes.buffer).toEqual(FRAME);
  });

  it("tries again after an error of the server, however often, and waits longer each time", async () => {
    const waits: number[] = [];
    const url = await served((request, response, nth) => {
      if (nth > 4) wellBehaved(request, response);
      else response.writeHead(nth % 2 === 0 ? 503 : 500).end();
    });
    const bytes = new FrameBytes(1000);
    const wait = (milliseconds: number): Promise<void> => {
      waits.push(milliseconds);
      return Promise.resolve();
    };
    await fetchFrame(bytes, { ...options(url), wait });
    expect(bytes.buffer).toEqual(FRAME);
    expect(waits).toHaveLength(4);
    expect(waits.at(-1)).toBeGreaterThan(waits[0] ?? Infinity);
  });

  it("says so where the hub fails on this frame for ever", async () => {
    const url = await served((_, response) => response.writeHead(500).end());
    await expect(fetchFrame(new FrameBytes(1000), options(url))).rejects.toThrow("HTTP 500");
    expect(ranges).toHaveLength(5);
  });

  it("waits no longer than its ceiling", () => {
    for (let tries = 1; tries < 40; tries += 1) expect(pauseAfter(tries)).toBeLessThanOrEqual(10_000);
  });

  it.each([403, 404, 406, 410])("takes no for an answer: %i", async (status) => {
    const url = await served((_, response) => response.writeHead(status).end());
    await expect(fetchFrame(new FrameBytes(1000), options(url))).rejects.toThrow(Refused);
    expect(ranges).toHaveLength(1);
  });

  it("uses what a server sends that ignores ranges, and keeps what it has", async () => {
    const url = await served((_, response) => response.writeHead(200, { etag: '"1"' }).end(FRAME));
    const bytes = new FrameBytes(1000);
    await fetchFrame(bytes, options(url, 300));
    await fetchFrame(bytes, options(url));
    expect(bytes.buffer).toEqual(FRAME);
  });

  it("begins again when the object changed in between", async () => {
    const url = await served((request, response, nth) => wellBehaved(request, response, nth === 1 ? '"1"' : '"2"'));
    const bytes = new FrameBytes(1000);
    await fetchFrame(bytes, options(url, 300));
    await fetchFrame(bytes, options(url));
    expect(ranges).toEqual(["bytes=0-299", "bytes=300-999", ""]);
    expect(bytes.buffer).toEqual(FRAME);
  });

  it("does not take an answer that is cut short for a whole one", async () => {
    const url = await served((request, response, nth) => {
      if (nth > 1) {
        wellBehaved(request, response);
        return;
      }
      response.writeHead(200, { etag: '"1"' }).end(FRAME.subarray(0, 999));
    });
    const bytes = new FrameBytes(1000);
    await fetchFrame(bytes, options(url));
    expect(ranges).toEqual(["", "bytes=999-999"]);
  });

  it("refuses more bytes than the frame has", async () => {
    const url = await served((_, response) => response.writeHead(200).end(new Uint8Array(1200)));
    await expect(fetchFrame(new FrameBytes(1000), options(url))).rejects.toThrow(Refused);
  });

  it("stops at once when it is not wanted any more", async () => {
    const stop = new AbortController();
    const url = await served((_, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write(FRAME.subarray(0, 100), () => stop.abort(new Error("left")));
    });
    await expect(fetchFrame(new FrameBytes(1000), { ...options(url), signal: stop.signal })).rejects.toThrow("left");
  });
});

describe("fetching a frame that the hub decodes", () => {
  it("waits for all its pieces, and fails where they end early", async () => {
    const signal = AbortSignal.timeout(5_000);
    const url = await served((_, response, nth) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write(FRAME.subarray(0, 400), () =>
        nth === 1 ? response.end(FRAME.subarray(400)) : response.destroy(),
      );
    });
    expect(new Uint8Array(await fetchDecoded(url, signal))).toEqual(FRAME);
    await expect(fetchDecoded(url, signal)).rejects.toThrow(TypeError);
  });

  it("gives an answer up in which nothing comes for long", async () => {
    vi.useFakeTimers();
    vi.stubGlobal(
      "fetch",
      (_url: string, { signal }: RequestInit) =>
        new Promise((_resolve, reject) =>
          signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true }),
        ),
    );
    try {
      const failed = expect(fetchDecoded("/", new AbortController().signal)).rejects.toThrow("nothing comes any more");
      await vi.advanceTimersByTimeAsync(40_000);
      await failed;
    } finally {
      vi.unstubAllGlobals();
      vi.useRealTimers();
    }
  });

  it("says why the hub cannot", async () => {
    const url = await served((_, response) => response.writeHead(406).end('{"detail": "it is no JPEG stream"}'));
    await expect(fetchDecoded(url, AbortSignal.timeout(5_000))).rejects.toThrow("it is no JPEG stream");
  });
});
