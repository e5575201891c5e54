import { beforeEach, describe, expect, it } from "vitest";
import { textOf } from "@/packs/format";
import { Copy } from "./copy";
import { MadeDrawer, madeKey } from "./madeDrawer";
import { Shelf } from "./shelf";

const DRAFT = { findings: "右乳房に腫瘤", version: 3 };
const DAY = 24 * 3_600_000;

describe("what is kept on this computer", () => {
  let drawer: MadeDrawer;
  let shelf: Shelf;
  beforeEach(async () => {
    drawer = new MadeDrawer();
    shelf = new Shelf(drawer);
    await shelf.open(madeKey("tanaka"));
  });

  it("comes back after the page was loaded again, and tells nobody anything", async () => {
    expect(await shelf.keep("draft", "case-1", DRAFT)).toBe(true);
    const lying = Array.from(drawer.things, ([name, thing]) => name + textOf(thing.sealed)).join();
    expect(lying).not.toContain("case-1");
    expect(lying).not.toContain("腫瘤");
    const again = new Shelf(drawer);
    await again.open(madeKey("tanaka"));
    expect((await again.find("draft", "case-1"))?.value).toEqual(DRAFT);
    expect(await again.find("draft", "case-2")).toBeNull();
    expect(await again.find("place", "case-1")).toBeNull();
  });

  it("is nobody else's: neither found nor opened with another person's key", async () => {
    await shelf.keep("draft", "case-1", DRAFT);
    for (const key of [madeKey("suzuki", 9), madeKey("tanaka", 9)]) {
      const other = new Shelf(drawer);
      await other.open(key);
      expect(await other.find("draft", "case-1")).toBeNull();
    }
    expect((await shelf.find("draft", "case-1"))?.value).toEqual(DRAFT);
  });

  it("does not open in another's place", async () => {
    await shelf.keep("draft", "case-1", DRAFT);
    await shelf.keep("draft", "case-2", { findings: "" });
    const [one, two] = [...drawer.things.keys()];
    const [mine, other] = [drawer.things.get(one ?? ""), drawer.things.get(two ?? "")];
    if (mine === undefined || other === undefined) throw new Error("nothing was kept");
    drawer.things.set(two ?? "", mine);
    expect(await shelf.find("draft", "case-2")).toBeNull();
  });

  it("goes when it is not needed any more", async () => {
    await shelf.keep("draft", "case-1", DRAFT);
    await shelf.keep("place", "case-1", { step: 1 });
    await shelf.clear("place");
    expect(await shelf.find("place", "case-1")).toBeNull();
    await shelf.remove("draft", "case-1");
    expect(drawer.things.size).toBe(0);
  });

  it("stays for a month, a place for half a day, and outlives a clock that is wrong by a day", async () => {
    const written = Date.now();
    await shelf.keep("draft", "old", DRAFT, written - 31 * DAY);
    await shelf.keep("draft", "young", DRAFT, written - 29 * DAY);
    await shelf.keep("draft", "ahead", DRAFT, written + DAY);
    await shelf.keep("place", "old", {}, written - DAY);
    await new Shelf(drawer).open(madeKey("tanaka"), written);
    expect(await shelf.find("draft", "old")).toBeNull();
    expect(await shelf.find("place", "old")).toBeNull();
    expect(await shelf.find("draft", "young")).not.toBeNull();
    expect(await shelf.find("draft", "ahead")).not.toBeNull();
  });

  it("says so where the disk is full or forbidden, and when it is not any more", async () => {
    expect(shelf.keeps()).toBe(true);
    drawer.denied = true;
    expect(await shelf.keep("draft", "case-1", DRAFT)).toBe(false);
    expect(shelf.keeps()).toBe(false);
    expect(await shelf.find("draft", "case-1")).toBeUndefined();
    drawer.denied = false;
    expect(await shelf.keep("draft", "case-1", DRAFT)).toBe(true);
    expect(shelf.keeps()).toBe(true);
  });

  it("keeps nothing without a key, and makes nobody wait", async () => {
    const closed = new Shelf(drawer);
    expect(await closed.keep("draft", "case-1", DRAFT)).toBe(false);
    expect(await closed.find("draft", "case-1")).toBeUndefined();
    await closed.ready(1);
    closed.giveUp();
    await closed.ready(60_000);
    expect(closed.keeps()).toBe(false);
    expect(drawer.things.size).toBe(0);
  });
});

describe("a copy", () => {
  it("is of the newest, however fast they come, and is gone when it is to be", async () => {
    const drawer = new MadeDrawer();
    const shelf = new Shelf(drawer);
    await shelf.open(madeKey("tanaka"));
    const copy = new Copy<string>(shelf, "draft", "case-1");
    for (const text of ["腫", "腫瘤", "腫瘤あり"]) copy.set(text);
    await copy.settled();
    expect((await shelf.find<string>("draft", "case-1"))?.value).toBe("腫瘤あり");
    copy.set("腫瘤ありと考える");
    copy.set(null);
    await copy.settled();
    expect(drawer.things.size).toBe(0);
  });
});
