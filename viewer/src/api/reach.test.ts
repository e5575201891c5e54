// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LineGone, Reach } from "./reach";

/** A hub that answers, refuses or says nothing, as told. */
class Hub {
  way: "answers" | "refuses" | "silent" = "answers";
  asked = 0;
  readonly ask = (signal: AbortSignal): Promise<boolean> => {
    this.asked += 1;
    if (this.way === "answers") return Promise.resolve(true);
    if (this.way === "refuses") return Promise.reject(new TypeError("failed to fetch"));
    return new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as Error));
    });
  };
}

describe("the line to the hub", () => {
  let hub: Hub;
  let reach: Reach;
  let stop: () => void;
  beforeEach(() => {
    vi.useFakeTimers();
    hub = new Hub();
    reach = new Reach(hub.ask);
    stop = reach.watch();
  });
  afterEach(() => {
    stop();
    vi.useRealTimers();
  });

  it("that is quiet is asked, now and then, and is there", async () => {
    await vi.advanceTimersByTimeAsync(10_000);
    expect(reach.gone).toBe(false);
    expect(hub.asked).toBeGreaterThan(9);
    expect(hub.asked).toBeLessThan(21);
  });

  it("is not asked while bytes come", async () => {
    for (let at = 0; at < 50; at += 1) {
      reach.heard();
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(hub.asked).toBe(0);
  });

  it("that stalls is gone within two seconds, since the last that came", async () => {
    await vi.advanceTimersByTimeAsync(1000);
    hub.way = "silent";
    reach.heard();
    const last = Date.now();
    await vi.advanceTimersByTimeAsync(2000);
    expect(reach.gone).toBe(true);
    expect(reach.state().goneSince).toBe(last);
  });

  it("that is full of something that goes up is given more time", async () => {
    hub.way = "silent";
    let arrived = (): void => undefined;
    void reach.whileFilled(new Promise<void>((resolve) => (arrived = resolve)));
    await vi.advanceTimersByTimeAsync(5000);
    expect(reach.gone).toBe(false);
    arrived();
    await vi.advanceTimersByTimeAsync(200);
    expect(reach.gone).toBe(true);
  });

  it("that refuses twice is gone at once, once is nothing", async () => {
    reach.failed();
    await vi.advanceTimersByTimeAsync(100);
    expect(reach.gone).toBe(false);
    hub.way = "refuses";
    reach.failed();
    await vi.advanceTimersByTimeAsync(100);
    expect(reach.gone).toBe(true);
  });

  it("with a proxy that answers for a hub that is down is gone", async () => {
    reach = new Reach(() => Promise.resolve(false));
    stop();
    stop = reach.watch();
    reach.answered(502);
    await vi.advanceTimersByTimeAsync(100);
    expect(reach.gone).toBe(true);
  });

  it("is gone with the browser's own word, and back within half a second", async () => {
    hub.way = "silent";
    window.dispatchEvent(new Event("offline"));
    expect(reach.gone).toBe(true);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(reach.gone).toBe(true);
    hub.way = "answers";
    await vi.advanceTimersByTimeAsync(500);
    expect(reach.gone).toBe(false);
  });

  it("cuts what is under way when it goes, and what was begun without it when it is back", async () => {
    const before = reach.cut;
    hub.way = "silent";
    window.dispatchEvent(new Event("offline"));
    expect(before.reason).toBeInstanceOf(LineGone);
    const without = reach.cut;
    expect(without.aborted).toBe(false);
    hub.way = "answers";
    await vi.advanceTimersByTimeAsync(500);
    expect(without.aborted).toBe(true);
    expect(reach.cut.aborted).toBe(false);
  });

  it("keeps what waits waiting until it is back, and no longer", async () => {
    hub.way = "silent";
    window.dispatchEvent(new Event("offline"));
    const signal = new AbortController().signal;
    let waited = 0;
    void reach.pause(100, signal).then(() => (waited += 1));
    void reach.pause(60_000, signal).then(() => (waited += 1));
    void reach.present(signal).then(() => (waited += 1));
    await vi.advanceTimersByTimeAsync(5000);
    expect(waited).toBe(0);
    hub.way = "answers";
    await vi.advanceTimersByTimeAsync(500);
    expect(waited).toBe(3);
  });

  it("is waited for only as long as somebody wants it", async () => {
    const leaving = new AbortController();
    const waiting = reach.pause(60_000, leaving.signal);
    leaving.abort(new Error("left"));
    await expect(waiting).rejects.toThrow("left");
    await expect(reach.present(leaving.signal)).rejects.toThrow("left");
  });

  it("is not given up because the page itself stood still", async () => {
    await vi.advanceTimersByTimeAsync(1000);
    hub.way = "silent";
    reach.heard();
    await vi.advanceTimersByTimeAsync(800);
    // A long task, or a machine that slept: the clock went on and no timer ran.
    vi.setSystemTime(Date.now() + 3_600_000);
    vi.spyOn(performance, "now").mockReturnValue(performance.now() + 3_600_000);
    await vi.advanceTimersByTimeAsync(200);
    expect(reach.gone).toBe(false);
    vi.restoreAllMocks();
  });
});
