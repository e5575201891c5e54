import { call, getJson } from "@/api/client";
import { deviceFetch } from "@/api/device";
import { reach } from "@/api/reach";
import type { LineConnection } from "@/api/types";
import type { Way } from "./measure";

/** The hub's own routes to measure by. */

const RANDOM_AT_ONCE = 65_536;

/** Bytes that nothing on the way can pack: no two blocks as near as a packer looks back are the same. */
function unpackable(size: number): Blob {
  const blocks: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < size; at += RANDOM_AT_ONCE) {
    blocks.push(crypto.getRandomValues(new Uint8Array(Math.min(RANDOM_AT_ONCE, size - at))));
  }
  return new Blob(blocks, { type: "application/octet-stream" });
}

async function down(size: number, arrived: (count: number) => void, signal: AbortSignal): Promise<void> {
  const answer = await deviceFetch(`/api/v1/line/down?bytes=${size}`, {
    credentials: "same-origin",
    cache: "no-store",
    signal,
  });
  if (!answer.ok || answer.body === null) throw new Error(`HTTP ${answer.status}`);
  const reader = answer.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    reach.heard();
    arrived(value.length);
  }
}

export const hubWay: Way = {
  ping: (signal) => call("/api/v1/line/ping", { signal }),
  down,
  up: (size, signal) => call("/api/v1/line/up", { method: "POST", file: unpackable(size), signal }),
  counters: async (signal) => (await getJson<LineConnection>("/api/v1/line/connection", signal)).counters,
};
