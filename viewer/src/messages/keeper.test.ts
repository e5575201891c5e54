import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiProblem } from "@/api/client";
import type { MessageDraft } from "@/api/types";
import { DraftKeeper } from "./keeper";
import { EMPTY } from "./model";

const problem = (status: number): ApiProblem => new ApiProblem({ type: "about:blank", title: "x", status });

describe("a message's draft", () => {
  let sent: string[] = [];
  let fail: Error | null = null;
  const put = (draft: MessageDraft): Promise<void> => {
    if (fail !== null) return Promise.reject(fail);
    sent.push(draft.text);
    return Promise.resolve();
  };
  const made = (): DraftKeeper => new DraftKeeper(EMPTY, put);

  beforeEach(() => {
    vi.useFakeTimers();
    sent = [];
    fail = null;
  });
  afterEach(() => vi.useRealTimers());

  it("is saved once after a pause in typing", async () => {
    const keeper = made();
    for (const text of ["前", "前回", "前回の"]) keeper.edit({ text });
    await vi.advanceTimersByTimeAsync(799);
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toEqual(["前回の"]);
    expect(keeper.currentState()).toBe("kept");
    expect(keeper.dirty).toBe(false);
  });

  it("is never saved in the middle of a composition", async () => {
    const keeper = made();
    keeper.compose(true);
    keeper.edit({ text: "しつもん" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toEqual([]);
    keeper.edit({ text: "質問" });
    keeper.compose(false);
    await vi.advanceTimersByTimeAsync(800);
    expect(sent).toEqual(["質問"]);
  });

  it("waits for the line and for a session, and is saved when either stands again", async () => {
    const keeper = made();
    for (const reason of [new TypeError("network"), problem(503), problem(401)]) {
      fail = reason;
      keeper.edit({ text: `${keeper.currentDraft().text}x` });
      await vi.advanceTimersByTimeAsync(800);
      expect(keeper.currentState()).toBe("waiting");
    }
    fail = null;
    await vi.advanceTimersByTimeAsync(15_000);
    expect(sent).toEqual(["xxx"]);
  });

  it("says that it was refused, and does not ask again", async () => {
    const keeper = made();
    fail = problem(403);
    keeper.edit({ text: "x" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(keeper.currentState()).toBe("refused");
    expect(await keeper.flush()).toBe(false);
  });

  it("is not saved behind the message that it became", async () => {
    const keeper = made();
    keeper.edit({ text: "送る" });
    await keeper.hold();
    await vi.advanceTimersByTimeAsync(5000);
    expect(sent).toEqual([]);
    keeper.release(true);
    await vi.advanceTimersByTimeAsync(5000);
    expect(sent).toEqual([]);
    expect(keeper.currentDraft()).toEqual(EMPTY);
  });

  it("is kept on where the message could not be sent", async () => {
    const keeper = made();
    keeper.edit({ text: "送れない" });
    await keeper.hold();
    keeper.release(false);
    await vi.advanceTimersByTimeAsync(800);
    expect(sent).toEqual(["送れない"]);
    expect(keeper.currentDraft().text).toBe("送れない");
  });

  it("that was typed before the page was loaded stands again over what it was typed over, or what was offered", async () => {
    fail = new TypeError("failed to fetch");
    const keeper = made();
    keeper.edit({ text: "前回" });
    await vi.advanceTimersByTimeAsync(900);
    keeper.edit({ text: "前回の" });
    const typed = keeper.typed();
    keeper.stop();
    if (typed === null) throw new Error("nothing was typed");
    fail = null;
    for (const atHub of ["", "前回", "前回の"]) {
      const again = new DraftKeeper({ ...EMPTY, text: atHub }, put);
      expect(again.resume(typed)).toBe(true);
      expect(again.currentDraft().text).toBe("前回の");
      expect(again.dirty).toBe(atHub !== "前回の");
    }
    const other = new DraftKeeper({ ...EMPTY, text: "別の端末" }, put);
    expect(other.resume(typed)).toBe(false);
    expect(other.currentDraft().text).toBe("別の端末");
    const again = made();
    again.resume(typed);
    again.begin();
    await vi.advanceTimersByTimeAsync(900);
    expect(sent).toEqual(["前回の"]);
    expect(again.typed()).toBeNull();
  });
});
