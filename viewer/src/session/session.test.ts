// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiProblem } from "@/api/client";
import { problemWords } from "@/ui/problem";
import { beforeLock, saveAll } from "./beforeLock";
import { digitsOf } from "./CodeInput";
import { deviceOf } from "./device";
import { isIdle, tell, watchIdle } from "./idle";
import { firstPlace, nextPlace } from "./nextPlace";
import { failureOf } from "./passkey";

describe("after sign-in", () => {
  it.each([
    ["/cases/1?x=2", "/cases/1?x=2"],
    ["//example.org/", "/"],
    ["/\\example.org", "/"],
    ["https://example.org/", "/"],
    ["javascript:alert(1)", "/"],
    ["/sign-in?next=/sign-in", "/"],
    [null, "/"],
  ])("%s leads to %s", (asked, place) => {
    expect(nextPlace(asked)).toBe(place);
  });

  it("the first page is one that may be seen", () => {
    const of = (...permissions: string[]): string => firstPlace((permission) => permissions.includes(permission));
    expect(of("administer", "worklist.read")).toBe("/worklist");
    expect(of("administer", "gateways.read")).toBe("/gateways");
    expect(of("administer")).toBe("/people");
    expect(of()).toBe("/settings");
  });
});

describe("a code", () => {
  it("is taken as typed with an input method on", () => {
    expect(digitsOf("１２３ ４５６")).toBe("123456");
    expect(digitsOf("12-34-56-78")).toBe("123456");
  });
});

describe("the idle lock", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const watch = (): {
    readonly idle: ReturnType<typeof vi.fn>;
    readonly work: ReturnType<typeof vi.fn>;
    readonly stop: () => void;
  } => {
    const [idle, work] = [vi.fn(), vi.fn()];
    const stop = watchIdle({ idleLockSeconds: 600, onIdle: idle, onWork: work, onNews: vi.fn() });
    return { idle, work, stop };
  };

  it("comes after the time that the hub said, and not before", () => {
    const { idle, stop } = watch();
    vi.advanceTimersByTime(599_000);
    expect(idle).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2000);
    expect(idle).toHaveBeenCalled();
    stop();
  });

  it("waits while somebody is at work, and tells the hub once a minute", () => {
    const { idle, work, stop } = watch();
    for (let minute = 0; minute < 30; minute += 1) {
      vi.advanceTimersByTime(61_000);
      window.dispatchEvent(new Event("pointermove"));
    }
    expect(idle).not.toHaveBeenCalled();
    expect(work).toHaveBeenCalledTimes(30);
    stop();
  });

  it("comes at once on a machine that slept", () => {
    const { idle, stop } = watch();
    vi.setSystemTime(Date.now() + 3_600_000);
    vi.advanceTimersByTime(1000);
    expect(idle).toHaveBeenCalled();
    stop();
  });

  it("can be off, and news without listeners disturb nobody", () => {
    expect(isIdle(0, 1e9, 0)).toBe(false);
    expect(() => tell("locked")).not.toThrow();
  });
});

describe("before a lock", () => {
  it("all drafts are saved, one that fails or hangs included", async () => {
    const saved = vi.fn();
    const withdraw = [
      beforeLock(() => Promise.reject(new Error("line"))),
      beforeLock(() => new Promise(() => undefined)),
      beforeLock(() => {
        saved();
        return Promise.resolve();
      }),
    ];
    await saveAll(20);
    expect(saved).toHaveBeenCalledOnce();
    for (const out of withdraw) out();
    await saveAll(20);
    expect(saved).toHaveBeenCalledOnce();
  });
});

describe("words for failures", () => {
  it("of keys", () => {
    const named = (name: string): Error => Object.assign(new Error(), { name });
    expect(failureOf(named("NotAllowedError"))).toBe("not_used");
    expect(failureOf(named("SecurityError"))).toBe("wrong_address");
    expect(failureOf(named("Whatever"))).toBe("failed");
  });

  it("of the hub, by its code, else by status, else by silence", () => {
    const problem = (type: string, status: number): ApiProblem =>
      new ApiProblem({ type, title: "t", status, detail: "d", phase: "p", remedy: "r" });
    expect(problemWords(problem("urn:dokuei:problem:disk-full", 507)).key).toBe("disk_full");
    expect(problemWords(problem("about:blank", 409)).key).toBe("conflict");
    expect(problemWords(problem("about:blank", 500))).toEqual({
      key: "internal",
      detail: "d",
      phase: "p",
      remedy: "r",
      language: "en",
    });
    const japanese = {
      type: "about:blank",
      title: "t",
      status: 409,
      detail: "d",
      detail_ja: "詳細",
      remedy_ja: "対処",
    };
    expect(problemWords(new ApiProblem(japanese))).toMatchObject({ detail: "詳細", remedy: "対処", language: "ja" });
    expect(problemWords(new TypeError("failed to fetch")).key).toBe("unreachable");
  });
});

describe("a device", () => {
  it("is named so that its owner knows it", () => {
    expect(deviceOf("Mozilla/5.0 (Windows NT 10.0) Chrome/156.0 Safari/537.36")).toBe("Chrome · Windows");
    expect(deviceOf("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/17 Safari/605")).toBe("Safari · macOS");
    expect(deviceOf("curl/8")).toBe("");
  });
});
