import { afterEach, describe, expect, it, vi } from "vitest";
import { newEntry, viewOf } from "@/images/entry";
import { madeFrame } from "@/images/madeFrames";
import type { StackViewState } from "@/viewports/StackView";
import { Teller } from "./displayed";
import { Seen } from "./seen";

function show(seen: Seen): void {
  const frame = madeFrame({ digest: "d" });
  const frameView = { ...viewOf(newEntry(frame)), whole: true, proved: true };
  seen.note({ drawn: true, frame, frameView, stack: { prior: false } } as unknown as StackViewState);
}

const hub = (status: number): ReturnType<typeof vi.fn> => {
  const fetched = vi.fn(() => Promise.resolve(new Response(null, { status })));
  vi.stubGlobal("fetch", fetched);
  return fetched;
};

afterEach(() => vi.unstubAllGlobals());

describe("what was displayed (LOG-11)", () => {
  it("is told by series once, and again only when there is more", async () => {
    const fetched = hub(204);
    const seen = new Seen();
    const teller = new Teller(seen);
    await teller.tell("kita");
    expect(fetched).not.toHaveBeenCalled();
    show(seen);
    await teller.tell("kita");
    await teller.tell("kita");
    expect(fetched).toHaveBeenCalledTimes(1);
    const [path, init] = fetched.mock.calls[0] as [string, RequestInit];
    expect(path).toBe("/api/v1/sites/kita/displays");
    expect(JSON.parse(init.body as string)).toEqual({ study_instance_uid: "1", series: { "1.1": 1 } });
  });

  it("is told again where the hub did not hear it", async () => {
    hub(503);
    const seen = new Seen();
    show(seen);
    const teller = new Teller(seen);
    await expect(teller.tell("kita")).rejects.toThrow();
    const fetched = hub(204);
    await teller.tell("kita");
    expect(fetched).toHaveBeenCalledTimes(1);
  });
});
