// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LineGone, reach } from "@/api/reach";
import { bytesCame, lineTry } from "./lineTry";

/** A transfer that brings nothing by itself. */
class Transfer {
  begun = 0;
  error: unknown = null;
  readonly #leaving = new AbortController();

  start(): void {
    const bring = (signal: AbortSignal): Promise<void> => {
      this.begun += 1;
      return new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      });
    };
    lineTry(this.#leaving.signal, bring).catch((error: unknown) => {
      this.error = error;
    });
  }

  leave(): void {
    this.#leaving.abort(new Error("left"));
  }
}

describe("a try over the line", () => {
  let answers = true;
  let stop: () => void;
  beforeEach(() => {
    vi.useFakeTimers();
    answers = true;
    vi.stubGlobal("fetch", () =>
      answers ? Promise.resolve(new Response(null)) : Promise.reject(new TypeError("failed to fetch")),
    );
    stop = reach.watch();
  });
  afterEach(() => {
    stop();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const loseLine = async (): Promise<void> => {
    answers = false;
    window.dispatchEvent(new Event("offline"));
    await vi.advanceTimersByTimeAsync(0);
  };

  it("is cut where the line is back and nothing comes in it", async () => {
    const transfer = new Transfer();
    transfer.start();
    await vi.advanceTimersByTimeAsync(0);
    await loseLine();
    await vi.advanceTimersByTimeAsync(8_000);
    expect(transfer.error).toBeNull();
    answers = true;
    await vi.advanceTimersByTimeAsync(2_500);
    expect(transfer.error).toBeInstanceOf(LineGone);
  });

  it("is cut where it hangs although the hub answers", async () => {
    const transfer = new Transfer();
    transfer.start();
    await vi.advanceTimersByTimeAsync(8000);
    expect(transfer.error).toEqual(new Error("nothing comes any more"));
  });

  it("goes on where the line is back and bytes come again; the next is begun then, within half a second", async () => {
    const [transfer, next] = [new Transfer(), new Transfer()];
    transfer.start();
    await vi.advanceTimersByTimeAsync(0);
    await loseLine();
    next.start();
    await vi.advanceTimersByTimeAsync(30_000);
    expect([transfer.error, next.begun]).toEqual([null, 0]);
    answers = true;
    await vi.advanceTimersByTimeAsync(500);
    expect(next.begun).toBe(1);
    for (let seconds = 0; seconds < 5; seconds += 1) {
      bytesCame();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(transfer.error).toBeNull();
    transfer.leave();
    next.leave();
    await vi.advanceTimersByTimeAsync(0);
    expect(next.error).toEqual(new Error("left"));
  });

  it("goes on while another brings what it waits behind", async () => {
    const transfer = new Transfer();
    transfer.start();
    for (let seconds = 0; seconds < 20; seconds += 1) {
      bytesCame();
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(transfer.error).toBeNull();
    transfer.leave();
  });

  it("is not begun for somebody who has left", async () => {
    const transfer = new Transfer();
    transfer.leave();
    transfer.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(transfer.begun).toBe(0);
    expect(transfer.error).toEqual(new Error("left"));
  });
});
