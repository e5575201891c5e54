import { expect, test } from "vitest";
import { madeItem } from "./madeItems";
import { FINISHED_LISTED, mayHaveMore, withOlder } from "./older";

test("what the list has already stays as the list has it", () => {
  const list = [madeItem("1", { status: "in_progress" })];
  const both = withOlder(list, [madeItem("1"), madeItem("2", { status: "completed" })]);
  expect(both.map(({ worklist_item_id: id, status }) => [id, status])).toEqual([
    ["1", "in_progress"],
    ["2", "completed"],
  ]);
  expect(withOlder(list, undefined)).toBe(list);
});

test("a list that is full of finished cases may not have all of them", () => {
  const done = (count: number) =>
    Array.from({ length: count }, (_, number) => madeItem(String(number), { status: "completed" }));
  expect(mayHaveMore(done(FINISHED_LISTED))).toBe(true);
  expect(mayHaveMore(done(FINISHED_LISTED - 1))).toBe(false);
});
