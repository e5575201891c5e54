// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiProblem } from "@/api/client";
import type { Report } from "@/api/types";
import { EMPTY_DRAFT, type Draft } from "@/report/model";
import { DraftSaver, type TypedReport } from "@/report/saver";
import { saveAll } from "@/session/beforeLock";
import { InHand, takenUp } from "./inHand";
import { MadeDrawer, madeKey } from "./madeDrawer";
import { Shelf } from "./shelf";

const BEFORE: TypedReport = { draft: { ...EMPTY_DRAFT, findings: "以前" }, version: 1, offered: [], spoken: false };

describe("words in hand", () => {
  let drawer: MadeDrawer;
  let shelf: Shelf;
  let atHub: { draft: Draft; version: number };
  let line: Error | null;
  const reportAtHub = (): Report =>
    ({ ...EMPTY_DRAFT, ...atHub.draft, version: atHub.version, updated_at: null }) as unknown as Report;
  const put = (draft: Draft, version: number): Promise<Report> => {
    if (line !== null) return Promise.reject(line);
    if (version !== atHub.version) return Promise.reject(new ApiProblem({ type: "x", title: "x", status: 412 }));
    atHub = { draft, version: version + 1 };
    return Promise.resolve(reportAtHub());
  };
  const look = (): Promise<Report> => (line === null ? Promise.resolve(reportAtHub()) : Promise.reject(line));
  const taken = (on = shelf, found?: null): InHand<TypedReport, DraftSaver> =>
    new InHand("draft", "case-1", new DraftSaver(reportAtHub(), put, look), { found, shelf: on });
  const lying = async (on = shelf, of = "case-1"): Promise<string | undefined> =>
    (await on.find<TypedReport>("draft", of))?.value.draft.findings;
  /** What is sealed and opened comes one after the other from the same threads: whoever comes last waits for the rest. */
  const tick = async (): Promise<void> => {
    await vi.advanceTimersByTimeAsync(0);
    await crypto.subtle.digest("SHA-256", new Uint8Array(1));
    await new Promise(setImmediate);
  };
  const left = (): unknown => takenUp<unknown>("draft", "case-1", () => null);
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await tick();
  };

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    drawer = new MadeDrawer();
    shelf = new Shelf(drawer);
    atHub = { draft: EMPTY_DRAFT, version: 1 };
    line = null;
    await shelf.open(madeKey("tanaka"));
  });
  afterEach(async () => {
    line = null;
    await saveAll();
    await settled();
    expect(left()).toBeNull();
    vi.useRealTimers();
  });

  /** As a page finds it whose key has not come yet. */
  const closed = async (): Promise<Shelf> => {
    await shelf.keep("draft", "case-1", BEFORE);
    return new Shelf(drawer);
  };

  it("of before come back when the key comes late, and go to the hub", async () => {
    const late = await closed();
    const hand = taken(late);
    hand.open();
    await settled();
    expect(hand.bringer.currentDraft().findings).toBe("");
    await late.open(madeKey("tanaka"));
    await settled();
    expect(hand.bringer.currentDraft().findings).toBe("以前");
    expect(hand.former()?.place).toBe("back");
    await vi.advanceTimersByTimeAsync(1000);
    await settled();
    expect(atHub.draft.findings).toBe("以前");
    expect(await lying()).toBeUndefined();
    hand.leave();
  });

  it("of before wait beside what was typed until the key came, and change places with it", async () => {
    const late = await closed();
    const hand = taken(late);
    hand.open();
    hand.bringer.edit({ findings: "今" });
    line = new TypeError("failed to fetch");
    await late.open(madeKey("tanaka"));
    await settled();
    expect([await lying(), await lying(shelf, "case-1 beside")]).toEqual(["今", "以前"]);
    expect(hand.former()?.place).toBe("beside");
    hand.exchange();
    await settled();
    expect(hand.bringer.currentDraft().findings).toBe("以前");
    expect([await lying(), await lying(shelf, "case-1 beside")]).toEqual(["以前", "今"]);
    hand.leave();
  });

  it("of before wait beside what was typed and saved until the key came", async () => {
    const late = await closed();
    const hand = taken(late);
    hand.open();
    hand.bringer.edit({ findings: "今" });
    await hand.bringer.flush();
    await late.open(madeKey("tanaka"));
    await settled();
    expect(hand.bringer.currentDraft().findings).toBe("今");
    expect(hand.former()).toMatchObject({ place: "beside", typed: { value: BEFORE } });
    expect([await lying(), await lying(shelf, "case-1 beside")]).toEqual([undefined, "以前"]);
    hand.leave();
  });

  it("that wait beside are there again after the page was loaded again, until they are removed", async () => {
    await shelf.keep("draft", "case-1 beside", BEFORE);
    const hand = taken(shelf, null);
    hand.open();
    await settled();
    expect(hand.former()).toMatchObject({ place: "beside", typed: { value: BEFORE } });
    hand.forgetFormer();
    await settled();
    expect(drawer.things.size).toBe(0);
    hand.leave();
  });

  it("whose page is left while the line is gone are brought to the hub when it is back", async () => {
    const hand = taken(shelf, null);
    hand.open();
    line = new TypeError("failed to fetch");
    hand.bringer.edit({ findings: "途中" });
    hand.leave();
    await settled();
    expect(await lying()).toBe("途中");
    const leaving = new Event("beforeunload", { cancelable: true });
    window.dispatchEvent(leaving);
    expect(leaving.defaultPrevented).toBe(true);
    await settled();
    line = null;
    expect(await saveAll(1000)).toBe(true);
    await settled();
    expect(atHub.draft.findings).toBe("途中");
    expect(await lying()).toBeUndefined();
    expect(left()).toBeNull();
    const again = new Event("beforeunload", { cancelable: true });
    window.dispatchEvent(again);
    expect(again.defaultPrevented).toBe(false);
  });

  it("are taken up again by the page that comes back to them", async () => {
    const hand = taken(shelf, null);
    hand.open();
    line = new TypeError("failed to fetch");
    hand.bringer.edit({ findings: "途中" });
    hand.leave();
    await settled();
    const again = takenUp("draft", "case-1", () => taken(shelf, null));
    expect(again).toBe(hand);
    again.open();
    again.bringer.edit({ findings: "途中から" });
    await settled();
    expect(await lying()).toBe("途中から");
    hand.leave();
  });

  it("that were left do not touch what another tab wrote since", async () => {
    const hand = taken(shelf, null);
    hand.open();
    line = new TypeError("failed to fetch");
    hand.bringer.edit({ findings: "途中" });
    hand.leave();
    await settled();
    const other = { ...BEFORE, draft: { ...EMPTY_DRAFT, findings: "別のタブ" } };
    await shelf.keep("draft", "case-1", other);
    await vi.advanceTimersByTimeAsync(2000);
    await settled();
    expect(await lying()).toBe("別のタブ");
    line = null;
    await saveAll(1000);
    await settled();
    expect(await lying()).toBe("別のタブ");
    expect(atHub.draft.findings).toBe("途中");
  });

  it("that the hub refuses are given up by a page that is gone, and lie here", async () => {
    const hand = taken(shelf, null);
    hand.open();
    line = new ApiProblem({ type: "x", title: "x", status: 403 });
    hand.bringer.edit({ findings: "遅かった" });
    hand.leave();
    await settled();
    expect(left()).toBeNull();
    expect(await lying()).toBe("遅かった");
  });
});
