import { describe, expect, it } from "vitest";
import { LineUse } from "./lineUse";

describe("who waits for the line", () => {
  it("goes on at once while it is free", async () => {
    await expect(new LineUse().free(new AbortController().signal)).resolves.toBeUndefined();
  });

  it("waits until it is free", async () => {
    const line = new LineUse();
    line.busy = true;
    let gone = false;
    const waiting = line.free(new AbortController().signal).then(() => (gone = true));
    await Promise.resolve();
    expect(gone).toBe(false);
    line.busy = false;
    await waiting;
    expect(gone).toBe(true);
  });

  it("waits no longer than it is wanted", async () => {
    const line = new LineUse();
    line.busy = true;
    const leaving = new AbortController();
    const waiting = line.free(leaving.signal);
    leaving.abort(new Error("left"));
    await expect(waiting).rejects.toThrow("left");
    line.busy = false;
  });
});
