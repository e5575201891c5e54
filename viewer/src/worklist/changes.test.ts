import { describe, expect, test } from "vitest";
import type { Worklist } from "@/api/types";
import { withChanges } from "./changes";
import { madeItem } from "./madeItems";

const LIST: Worklist = {
  items: [madeItem("1"), madeItem("2", { unread_messages: 3, open_question: true })],
  counts: { scheduled: 2 },
  as_of: "2026-11-30T09:00:00Z",
};
const LATER = "2026-11-30T09:00:04Z";

describe("a list with what has changed in it", () => {
  test("keeps what did not change as the same object, so that its row is not drawn again", () => {
    const list = withChanges(LIST, { items: [], threads: [], as_of: LATER });
    expect(list.items[0]).toBe(LIST.items[0]);
    expect(list.as_of).toBe(LATER);
  });

  test("puts the new in the place of the old, and adds what was not there", () => {
    const taken = madeItem("1", { status: "in_progress" });
    const arrived = madeItem("3");
    const list = withChanges(LIST, { items: [arrived, taken], threads: [], as_of: LATER });
    expect(list.items.map(({ worklist_item_id: id, status }) => [id, status])).toEqual([
      ["1", "in_progress"],
      ["2", "scheduled"],
      ["3", "scheduled"],
    ]);
  });

  test("takes what waits in threads from the answer, whether or not the case changed", () => {
    const threads = [{ worklist_item_id: "1", unread_messages: 1, open_question: true }];
    const list = withChanges(LIST, { items: [], threads, as_of: LATER });
    expect(list.items.map((item) => [item.unread_messages, item.open_question])).toEqual([
      [1, true],
      [0, false],
    ]);
  });
});
