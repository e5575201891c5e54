// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LineGone, reach } from "@/api/reach";
import { lineTry, type Bring } from "./lineTry";

/** A transfer that brings nothing by itself. */
class Transfer {
  begun = 0;
  error: unknown = null;
  came = (): void => undefined;
  readonly #leaving = new AbortController();

  start(silent?: number): void {
    const bring: Bring = (signal, came) => {
      this.begun += 1;
      this.came = came;
      return new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      });
    };
    lineTry(this.#leaving.signal, bring, silent).catch((error: unknown) => {
      this.error = error;
    });
  }

  leave(): void {
    this.#leaving.abort(new Error("left"));
  }
}

describe("a try over the line", () => {
  let answers = true;
  let hours = 0;
  let stop: () => void;
  beforeEach(() => {
    vi.useFakeTimers();
    // What came in one test lies long before the next.
    hours += 1;
    vi.advanceTimersByTime(hours * 3_600_000);
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

  it("is cut at once where the line was gone longer than the hub keeps asking", async () => {
    const [silent, heard] = [new Transfer(), new Transfer()];
    silent.start();
    heard.start();
    await vi.advanceTimersByTimeAsync(0);
    await loseLine();
    await vi.advanceTimersByTimeAsync(20_000);
    heard.came();
    await vi.advanceTimersByTimeAsync(0);
    expect(silent.error).toBeInstanceOf(LineGone);
    expect(heard.error).toBeNull();
    heard.leave();
  });

  it("is cut where the line is back and only others bring anything, a little later", async () => {
    const [silent, brings] = [new Transfer(), new Transfer()];
    silent.start();
    brings.start();
    await vi.advanceTimersByTimeAsync(0);
    await loseLine();
    await vi.advanceTimersByTimeAsync(5_000);
    answers = true;
    const errors: unknown[] = [];
    for (let seconds = 0; seconds < 4; seconds += 1) {
      brings.came();
      await vi.advanceTimersByTimeAsync(1_000);
      errors.push(silent.error);
    }
    expect(errors.slice(0, 2)).toEqual([null, null]);
    expect(errors[3]).toBeInstanceOf(LineGone);
    expect(brings.error).toBeNull();
    brings.leave();
  });

  it("is cut where it hangs although the hub answers", async () => {
    const transfer = new Transfer();
    transfer.start();
    await vi.advanceTimersByTimeAsync(8000);
    expect(transfer.error).toEqual(new Error("nothing comes any more"));
    const patient = new Transfer();
    patient.start(30_000);
    await vi.advanceTimersByTimeAsync(29_000);
    expect(patient.error).toBeNull();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(patient.error).toEqual(new Error("nothing comes any more"));
  });

  it("goes on where the line is back and bytes come again; the next is begun then, within half a second", async () => {
    const [transfer, next] = [new Transfer(), new Transfer()];
    transfer.start();
    await vi.advanceTimersByTimeAsync(0);
    await loseLine();
    next.start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect([transfer.error, next.begun]).toEqual([null, 0]);
    answers = true;
    await vi.advanceTimersByTimeAsync(500);
    expect(next.begun).toBe(1);
    for (let seconds = 0; seconds < 5; seconds += 1) {
      transfer.came();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(transfer.error).toBeNull();
    transfer.leave();
    next.leave();
    await vi.advanceTimersByTimeAsync(0);
    expect(next.error).toEqual(new Error("left"));
  });

  it("goes on while another brings what it waits behind", async () => {
    const [transfer, another] = [new Transfer(), new Transfer()];
    transfer.start();
    another.start();
    await vi.advanceTimersByTimeAsync(0);
    for (let seconds = 0; seconds < 20; seconds += 1) {
      another.came();
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(transfer.error).toBeNull();
    transfer.leave();
    another.leave();
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
