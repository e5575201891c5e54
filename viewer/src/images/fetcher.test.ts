import { describe, expect, it } from "vitest";
import { newEntry, type Entry } from "./entry";
import { HubFails, type FetchOptions } from "./fetchFrame";
import { Fetcher } from "./fetcher";
import { madeFrame } from "./madeFrames";

const LARGE = madeFrame({ length: 5_000_000 });

describe("transfers side by side", () => {
  it("leave the line to what is looked at where the hub fails on others, which are tried again", () => {
    const failing = [1, 2, 3].map((rank): Entry => ({ ...newEntry(madeFrame()), rank, alone: true }));
    const entries = [...failing];
    const begun: string[] = [];
    const options: FetchOptions[] = [];
    const fetcher = new Fetcher({
      entries: () => entries,
      arrived: () => undefined,
      changed: () => undefined,
      ended: () => undefined,
      fetchFrame: (_bytes, one) => {
        begun.push(one.url);
        options.push(one);
        return new Promise(() => undefined);
      },
    });
    const { signal } = new AbortController();
    fetcher.work(signal);
    expect(begun).toEqual(failing.map(({ frame }) => frame.url));
    const looked: Entry = { ...newEntry(LARGE), rank: 0 };
    entries.push(looked);
    fetcher.work(signal);
    expect(begun).toHaveLength(3);
    for (const { failed } of options) failed?.(new HubFails("HTTP 500"), 1);
    expect(begun[3]).toBe(looked.frame.url);
  });
});
