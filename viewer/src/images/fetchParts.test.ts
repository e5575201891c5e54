import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { FrameBytes, Refused } from "./fetchFrame";
import { fetchParts, type Part } from "./fetchParts";
import { madeFrame } from "./madeFrames";

const VERSION = "ab".repeat(16);
const FRAME = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);

interface Asked {
  readonly instance: string;
  readonly begin: number;
  readonly end: number;
}

let server: ReturnType<typeof createServer> | null = null;
const asked: Asked[][] = [];

/** A real server on loopback that answers a list of parts as told. */
async function served(answer: (parts: Asked[], response: ServerResponse) => void): Promise<string> {
  asked.length = 0;
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece: Buffer) => (body += piece.toString()));
    request.on("end", () => {
      const { parts } = JSON.parse(body) as { parts: Asked[] };
      asked.push(parts);
      answer(parts, response);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

function record(number: number, bytes: Uint8Array, status = 200, version = VERSION): Buffer {
  const head = Buffer.alloc(32);
  head.writeUInt32BE(number, 0);
  head.writeUInt32BE(status, 4);
  head.writeBigUInt64BE(BigInt(bytes.length), 8);
  Buffer.from(version, "hex").copy(head, 16);
  return Buffer.concat([head, bytes]);
}

const wholeAnswer = (parts: Asked[]): Buffer =>
  Buffer.concat(parts.map(({ begin, end }, number) => record(number, FRAME.subarray(begin, end))));

const part = (until: number, received = 0): Part => {
  const bytes = new FrameBytes(1000);
  bytes.buffer.set(FRAME.subarray(0, received));
  bytes.received = received;
  if (received > 0) bytes.version = VERSION;
  return { frame: madeFrame(), bytes, until };
};

interface Told {
  readonly counts: number[];
  readonly refused: Part[];
}

async function fetched(url: string, parts: readonly Part[]): Promise<Told> {
  const told: Told = { counts: [], refused: [] };
  await fetchParts(url, parts, {
    signal: new AbortController().signal,
    arrived: (_, count) => told.counts.push(count),
    refused: (one) => told.refused.push(one),
    fetch,
  });
  return told;
}

describe("fetching parts of frames together", () => {
  it("puts each where it belongs, from where it ends, whatever pieces they come in", async () => {
    const parts = [part(100), part(1000, 300), part(1000)];
    const url = await served((wanted, response) => {
      for (const byte of wholeAnswer(wanted)) response.write(Buffer.of(byte));
      response.end();
    });
    const { counts } = await fetched(url, parts);
    expect(asked[0]?.map(({ begin, end }) => [begin, end])).toEqual([
      [0, 100],
      [300, 1000],
      [0, 1000],
    ]);
    expect(parts.map(({ bytes }) => bytes.received)).toEqual([100, 1000, 1000]);
    expect(parts[1]?.bytes.buffer).toEqual(FRAME);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1800);
  });

  it("names the parts that the hub does not give so, and takes the others", async () => {
    const parts = [part(100), part(100), part(100)];
    const url = await served((wanted, response) => {
      const middle = record(1, new Uint8Array(), 406);
      const [first, , last] = wanted.map(({ begin, end }, number) => record(number, FRAME.subarray(begin, end)));
      response.end(Buffer.concat([first ?? middle, middle, last ?? middle]));
    });
    const { refused } = await fetched(url, parts);
    expect(refused).toEqual([parts[1]]);
    expect(parts.map(({ bytes }) => bytes.received)).toEqual([100, 0, 100]);
  });

  it("keeps what came before the line failed", async () => {
    const parts = [part(1000), part(1000)];
    const url = await served((wanted, response) => {
      response.write(wholeAnswer(wanted).subarray(0, 32 + 1000 + 32 + 10), () => response.destroy());
    });
    await expect(fetched(url, parts)).rejects.toThrow();
    expect(parts[0]?.bytes.whole).toBe(true);
    expect(parts[1]?.bytes.received).toBeLessThanOrEqual(10);
  });

  it("says so when an answer ends early with a right length", async () => {
    const url = await served((wanted, response) => response.end(wholeAnswer(wanted).subarray(0, 500)));
    await expect(fetched(url, [part(1000)])).rejects.toThrow("ended early");
  });

  it("joins no bytes of another version to those that are here", async () => {
    const parts = [part(1000, 300)];
    const url = await served((wanted, response) => {
      const { begin, end } = wanted[0] ?? { begin: 0, end: 0 };
      response.end(record(0, FRAME.subarray(begin, end), 200, "cd".repeat(16)));
    });
    await expect(fetched(url, parts)).rejects.toThrow("another version");
    expect(parts[0]?.bytes.received).toBe(0);
  });

  it("is told no as a whole where the study is not this reader's", async () => {
    const url = await served((_, response) => response.writeHead(404).end());
    await expect(fetched(url, [part(100)])).rejects.toThrow(Refused);
  });
});
