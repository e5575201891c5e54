import { describe, expect, it } from "vitest";
import type { WorklistItem } from "@/api/types";
import { madeItem } from "./madeItems";
import type { ListChoice } from "./model";
import { beside, rememberedList, rememberList } from "./neighbours";

const due = (id: string, hour: number, changed: Partial<WorklistItem> = {}): WorklistItem =>
  madeItem(id, { due_at: `2026-11-23T${String(hour).padStart(2, "0")}:00:00Z`, ...changed });
const held = { person_id: "other", display_name: "別の読影医" };
const LIST = [
  due("third", 12),
  due("first", 9),
  due("taken", 10, { status: "in_progress", locked_by: held }),
  due("second", 11, { status: "in_progress", locked_by: { person_id: "me", display_name: "私" } }),
  due("signed", 8, { status: "completed" }),
];
const WAITING: ListChoice = { view: "to_read", text: "", sort: { key: "due", descending: false } };
const next = (itemId: string, by: 1 | -1, choice = WAITING): string | undefined =>
  beside(LIST, choice, { itemId, personId: "me" }, by)?.worklist_item_id;

describe("the case beside a case", () => {
  it("is the next in the list's order that nobody else has in hand", () => {
    expect(next("first", 1)).toBe("second");
    expect(next("second", 1)).toBe("third");
    expect(next("third", -1)).toBe("second");
    expect(next("second", -1)).toBe("first");
  });

  it("does not exist before the first and after the last", () => {
    expect(next("first", -1)).toBeUndefined();
    expect(next("third", 1)).toBeUndefined();
  });

  it("follows from where the reader is, though another has that case in hand", () => {
    expect(next("taken", 1)).toBe("second");
    expect(next("taken", -1)).toBe("first");
  });

  it("is the first of the list after a case that has left it", () => {
    expect(next("signed", 1)).toBe("first");
    expect(next("signed", -1)).toBeUndefined();
  });

  it("goes by the list as it was last looked at", () => {
    const choice: ListChoice = { view: "all", text: "", sort: { key: "due", descending: true } };
    expect(rememberedList()).toEqual(WAITING);
    rememberList(choice);
    expect(rememberedList()).toEqual(choice);
    expect(next("third", 1, choice)).toBe("second");
  });
});
