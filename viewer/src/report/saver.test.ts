import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiProblem } from "@/api/client";
import type { Report } from "@/api/types";
import { draftOf, NO_STRUCTURE, type Draft } from "./model";
import { DraftSaver } from "./saver";

const REPORT: Report = {
  report_id: "",
  status: "draft",
  version: 0,
  findings: "",
  impression: "",
  category_right: "",
  category_left: "",
  images_read: [],
  structure: NO_STRUCTURE,
  answers: [],
  checks: [],
  circumstances: [],
  compared: [],
  spoken_by: [],
  may_withdraw: false,
  updated_at: null,
  author: "",
  signatures: [],
  deliveries: [],
  pdf_url: null,
  awaiting: null,
  role: "sole",
};

const saved = (): Draft => draftOf(REPORT);

const refusal = (status: number): ApiProblem => new ApiProblem({ type: "about:blank", title: "", status });

/** A hub that takes a draft when its version fits, or fails as it is told. */
class Hub {
  readonly taken: Draft[] = [];
  version = 0;
  fails: unknown[] = [];

  readonly put = async (draft: Draft, version: number): Promise<Report> => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const failure = this.fails.shift();
    if (failure !== undefined) throw failure as Error;
    if (version !== this.version) throw refusal(412);
    this.version += 1;
    this.taken.push(draft);
    return { ...REPORT, ...draft, version: this.version, updated_at: "2026-11-23T03:03:04Z" };
  };
}

describe("a draft", () => {
  let hub: Hub;
  let saver: DraftSaver;
  beforeEach(() => {
    vi.useFakeTimers();
    hub = new Hub();
    saver = new DraftSaver(REPORT, hub.put);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("is saved once, shortly after the last key", async () => {
    for (const text of ["腫", "腫瘤", "腫瘤あり"]) {
      saver.edit({ findings: text });
      await vi.advanceTimersByTimeAsync(300);
    }
    expect(hub.taken).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1000);
    expect(hub.taken.map(({ findings }) => findings)).toEqual(["腫瘤あり"]);
    expect(saver.currentState()).toEqual({ kind: "saved", at: "2026-11-23T03:03:04Z" });
  });

  it("is saved every few seconds from somebody who never pauses", async () => {
    for (let typed = 0; typed < 60; typed += 1) {
      saver.edit({ findings: "あ".repeat(typed + 1) });
      await vi.advanceTimersByTimeAsync(200);
    }
    expect(hub.taken.length).toBeGreaterThanOrEqual(2);
  });

  it("is not saved while an input method composes, and right after it", async () => {
    saver.compose(true);
    saver.edit({ findings: "しゅりゅう" });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(hub.taken).toHaveLength(0);
    saver.edit({ findings: "腫瘤" });
    saver.compose(false);
    await vi.advanceTimersByTimeAsync(1000);
    expect(hub.taken.map(({ findings }) => findings)).toEqual(["腫瘤"]);
  });

  it("keeps what was typed during a save for the next one, over the new version", async () => {
    saver.edit({ findings: "一" });
    await vi.advanceTimersByTimeAsync(820);
    saver.edit({ findings: "一二" });
    await vi.advanceTimersByTimeAsync(2000);
    expect(hub.taken.map(({ findings }) => findings)).toEqual(["一", "一二"]);
    expect(saver.dirty).toBe(false);
  });

  it.each([new TypeError("failed to fetch"), refusal(503), refusal(429)])(
    "is offered again until the hub takes it: %s",
    async (failure) => {
      hub.fails = [failure, failure, failure];
      saver.edit({ findings: "残る" });
      await vi.advanceTimersByTimeAsync(1500);
      expect(saver.currentState().kind).toBe("waiting");
      await vi.advanceTimersByTimeAsync(30_000);
      expect(hub.taken.map(({ findings }) => findings)).toEqual(["残る"]);
    },
  );

  it("waits for the person who is signed out, and goes to the hub as soon as they are back", async () => {
    hub.fails = Array.from({ length: 4 }, () => refusal(401));
    saver.edit({ findings: "続き" });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(saver.currentState().kind).toBe("signed-out");
    expect(hub.fails).toHaveLength(0);
    void saver.signedIn();
    await vi.advanceTimersByTimeAsync(100);
    expect(hub.taken.map(({ findings }) => findings)).toEqual(["続き"]);
    expect(saver.currentState().kind).toBe("saved");
  });

  it("that was on its way when the person came back is offered again at once", async () => {
    hub.fails = [refusal(401)];
    saver.edit({ findings: "途中" });
    await vi.advanceTimersByTimeAsync(820);
    expect(saver.currentState().kind).toBe("saving");
    void saver.signedIn();
    await vi.advanceTimersByTimeAsync(150);
    expect(hub.taken.map(({ findings }) => findings)).toEqual(["途中"]);
  });

  it("goes by itself to the hub when the person signed in elsewhere", async () => {
    hub.fails = [refusal(401), refusal(401)];
    saver.edit({ findings: "別の画面" });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(hub.taken.map(({ findings }) => findings)).toEqual(["別の画面"]);
  });

  it("with nothing left to save does not go on asking to sign in", async () => {
    hub.fails = [refusal(401)];
    const ready = saver.saveForSigning();
    await vi.advanceTimersByTimeAsync(100);
    expect(await ready).toBe(false);
    expect(saver.currentState().kind).toBe("signed-out");
    void saver.signedIn();
    await vi.advanceTimersByTimeAsync(100);
    expect(saver.currentState().kind).toBe("clean");
  });

  it("does not go over another's text because somebody signed in again", async () => {
    hub.version = 7;
    saver.edit({ findings: "自分" });
    await vi.advanceTimersByTimeAsync(2000);
    void saver.signedIn();
    await vi.advanceTimersByTimeAsync(2000);
    expect(saver.currentState().kind).toBe("conflict");
    expect(hub.taken).toHaveLength(0);
  });

  it("that is refused says so and is not offered for ever", async () => {
    hub.fails = [refusal(403)];
    saver.edit({ findings: "不可" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(saver.currentState().kind).toBe("refused");
    expect(saver.dirty).toBe(true);
  });

  it("never goes over another's text before somebody chose", async () => {
    hub.version = 7;
    saver.edit({ findings: "自分" });
    await vi.advanceTimersByTimeAsync(2000);
    expect(saver.currentState().kind).toBe("conflict");
    saver.edit({ findings: "自分の続き" });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(hub.taken).toHaveLength(0);
    saver.settle({ ...REPORT, findings: "他人", version: 7 }, "mine");
    await vi.advanceTimersByTimeAsync(2000);
    expect(hub.taken.map(({ findings }) => findings)).toEqual(["自分の続き"]);
  });

  it("gives way to the other text when that is chosen", async () => {
    hub.version = 7;
    saver.edit({ findings: "自分" });
    await vi.advanceTimersByTimeAsync(2000);
    saver.settle({ ...REPORT, findings: "他人", version: 7, updated_at: "2026-11-23T03:03:04Z" }, "theirs");
    expect(saver.currentDraft().findings).toBe("他人");
    expect(saver.dirty).toBe(false);
  });

  it("is flushed at once, what was typed meanwhile too", async () => {
    saver.edit({ findings: "今" });
    const flushed = saver.flush();
    await vi.advanceTimersByTimeAsync(20);
    saver.edit({ findings: "今すぐ" });
    await vi.advanceTimersByTimeAsync(500);
    expect(await flushed).toBe(true);
    expect(hub.taken.at(-1)?.findings).toBe("今すぐ");
  });

  it("is flushed once more where the save under way was cut with the line", async () => {
    let cut = (): void => undefined;
    const hangs = (): Promise<Report> => new Promise((_, reject) => (cut = () => reject(new TypeError("cut"))));
    let put: (draft: Draft, version: number) => Promise<Report> = hangs;
    saver = new DraftSaver(REPORT, (draft, version) => put(draft, version));
    saver.edit({ findings: "切断中" });
    await vi.advanceTimersByTimeAsync(900);
    expect(saver.currentState().kind).toBe("saving");
    put = hub.put;
    const flushed = saver.flush();
    cut();
    await vi.advanceTimersByTimeAsync(200);
    expect(await flushed).toBe(true);
    expect(hub.taken.map(({ findings }) => findings)).toEqual(["切断中"]);
  });

  it("that cannot reach the hub does not keep a flush waiting", async () => {
    hub.fails = [new TypeError("failed to fetch")];
    saver.edit({ findings: "今" });
    const flushed = saver.flush();
    await vi.advanceTimersByTimeAsync(100);
    expect(await flushed).toBe(false);
  });

  it("is saved again for signing where no word changed: the images that were read belong to it", async () => {
    const ready = saver.saveForSigning();
    await vi.advanceTimersByTimeAsync(500);
    expect(await ready).toBe(true);
    expect(hub.taken).toHaveLength(1);
  });

  describe("whose answer was lost with the line", () => {
    const look = (): Promise<Report> =>
      Promise.resolve({ ...REPORT, ...hub.taken.at(-1), version: hub.version, updated_at: "2026-11-23T03:03:04Z" });
    /** The hub takes it, and nobody hears of it. */
    const lost = async (draft: Draft, version: number): Promise<Report> => {
      await hub.put(draft, version);
      throw new TypeError("failed to fetch");
    };

    it("is not taken for another's text", async () => {
      let put = lost;
      saver = new DraftSaver(REPORT, (draft, version) => put(draft, version), look);
      saver.edit({ findings: "届いた" });
      await vi.advanceTimersByTimeAsync(900);
      expect(saver.currentState().kind).toBe("waiting");
      put = hub.put;
      saver.edit({ findings: "届いた後も" });
      await vi.advanceTimersByTimeAsync(5000);
      expect(saver.currentState().kind).toBe("saved");
      expect(hub.taken.map(({ findings }) => findings)).toEqual(["届いた", "届いた後も"]);
    });

    it("is not taken for another's text after the page was loaded again", async () => {
      saver = new DraftSaver(REPORT, lost, look);
      saver.edit({ findings: "届いた" });
      await vi.advanceTimersByTimeAsync(900);
      saver.edit({ findings: "届いた後も" });
      const typed = saver.typed();
      saver.stop();
      const again = new DraftSaver(await look(), hub.put, look);
      if (typed === null) throw new Error("nothing was typed");
      again.resume(typed);
      expect(again.currentDraft().findings).toBe("届いた後も");
      again.begin();
      await vi.advanceTimersByTimeAsync(2000);
      expect(again.currentState().kind).toBe("saved");
      expect(hub.taken.at(-1)?.findings).toBe("届いた後も");
    });

    it("stands beside another's text that came after it", async () => {
      saver = new DraftSaver(REPORT, lost, look);
      saver.edit({ findings: "届いた" });
      await vi.advanceTimersByTimeAsync(900);
      void hub.put({ ...saver.currentDraft(), findings: "他人" }, 1);
      await vi.advanceTimersByTimeAsync(5000);
      expect(saver.currentState().kind).toBe("conflict");
      expect(saver.currentDraft().findings).toBe("届いた");
      expect(hub.taken.at(-1)?.findings).toBe("他人");
    });
  });

  describe("that was typed before the page was loaded again", () => {
    const typed = { draft: { ...saved(), findings: "途中まで" }, version: 3, offered: [], spoken: false };

    it("is brought to the hub where nothing else came there", async () => {
      hub.version = 3;
      saver = new DraftSaver({ ...REPORT, version: 3 }, hub.put);
      saver.resume(typed);
      saver.begin();
      await vi.advanceTimersByTimeAsync(2000);
      expect(hub.taken.map(({ findings }) => findings)).toEqual(["途中まで"]);
      expect(saver.typed()).toBeNull();
    });

    it("is kept beside what came there meanwhile, until somebody chooses", async () => {
      hub.version = 4;
      const theirs = { ...REPORT, findings: "別の端末", version: 4 };
      saver = new DraftSaver(theirs, hub.put);
      saver.resume(typed);
      saver.begin();
      saver.edit({ impression: "続き" });
      await vi.advanceTimersByTimeAsync(60_000);
      expect(saver.currentState().kind).toBe("conflict");
      expect(hub.taken).toHaveLength(0);
      expect(saver.typed()).toEqual({ ...typed, draft: { ...typed.draft, impression: "続き" } });
      saver.settle(theirs, "mine");
      await vi.advanceTimersByTimeAsync(2000);
      expect(hub.taken.map(({ findings }) => findings)).toEqual(["途中まで"]);
    });

    it("does not take the place of words that were typed since", () => {
      saver = new DraftSaver({ ...REPORT, version: 3 }, hub.put);
      saver.edit({ findings: "新しい" });
      expect(saver.resume(typed)).toBe(false);
      expect(saver.currentDraft().findings).toBe("新しい");
      expect(saver.resume({ ...typed, offered: [saver.currentDraft()] })).toBe(true);
      expect(saver.currentDraft().findings).toBe("途中まで");
    });

    it("still says that a speech engine wrote it (REC-04)", async () => {
      const said: boolean[] = [];
      saver = new DraftSaver({ ...REPORT, version: 3 }, (draft, version, spoken) => {
        said.push(spoken);
        return hub.put(draft, version);
      });
      hub.version = 3;
      saver.spoke();
      saver.edit({ findings: "話した" });
      const kept = saver.typed();
      saver.stop();
      expect(kept?.spoken).toBe(true);
      const again = new DraftSaver({ ...REPORT, version: 3 }, (draft, version, spoken) => {
        said.push(spoken);
        return hub.put(draft, version);
      });
      if (kept !== null) again.resume(kept);
      void again.flush();
      await vi.advanceTimersByTimeAsync(2000);
      again.edit({ findings: "書いた" });
      await vi.advanceTimersByTimeAsync(2000);
      expect(said).toEqual([true, false]);
    });

    it("is nothing where it is at the hub already", () => {
      saver = new DraftSaver({ ...REPORT, findings: "途中まで", version: 4 }, hub.put);
      saver.resume(typed);
      expect(saver.currentState().kind).toBe("clean");
      expect(saver.typed()).toBeNull();
    });
  });

  it("is not ready for signing while the hub does not answer", async () => {
    hub.fails = [new TypeError("failed to fetch")];
    const ready = saver.saveForSigning();
    await vi.advanceTimersByTimeAsync(500);
    expect(await ready).toBe(false);
  });
});
