import { describe, expect, it } from "vitest";
import type { WorklistItem } from "@/api/types";
import { madeItem as item } from "./madeItems";
import { arrivedPercent, chosenBy, countViews, dueOf, fold, found, isBlocked, move, sorted } from "./model";

const NOW = Date.parse("2026-11-23T09:00:00Z");

const ids = (items: readonly WorklistItem[]): string[] => items.map(({ worklist_item_id: id }) => id);

describe("due times", () => {
  const due = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();

  it("are overdue, soon or later", () => {
    expect(dueOf(item("a", { due_at: due(-1) }), NOW).kind).toBe("overdue");
    expect(dueOf(item("a", { due_at: due(60) }), NOW).kind).toBe("soon");
    expect(dueOf(item("a", { due_at: due(61) }), NOW).kind).toBe("later");
    expect(dueOf(item("a"), NOW).kind).toBe("none");
  });

  it("do not press for what is reported", () => {
    expect(dueOf(item("a", { due_at: due(-1), status: "completed" }), NOW).kind).toBe("none");
  });

  it("follow urgency, and who waited longest follows them; reported cases come last", () => {
    const list = [
      item("done", { status: "completed", due_at: due(-500) }),
      item("routine"),
      item("urgent", { priority: "urgent" }),
      item("later", { due_at: due(90) }),
      item("overdue", { due_at: due(-5) }),
      item("waited", { arrived_at: "2026-11-22T08:00:00Z" }),
    ];
    const order = ["urgent", "overdue", "later", "waited", "routine", "done"];
    expect(ids(sorted(list, { key: "due", descending: false }))).toEqual(order);
  });
});

describe("sorting", () => {
  it("goes by kana for patients, so that kanji follow their reading", () => {
    const named = (id: string, phonetic: string): WorklistItem =>
      item(id, { patient_name: { alphabetic: "", ideographic: "漢^字", phonetic } });
    const list = [named("3", "ワタナベ^チエ"), named("1", "アベ^アキ"), named("2", "サトウ^ユミ")];
    expect(ids(sorted(list, { key: "patient", descending: false }))).toEqual(["1", "2", "3"]);
    expect(ids(sorted(list, { key: "patient", descending: true }))).toEqual(["3", "2", "1"]);
  });

  it("leaves equal rows where they are, in both directions", () => {
    const list = [item("b"), item("a"), item("c")];
    expect(ids(sorted(list, { key: "modality", descending: false }))).toEqual(["a", "b", "c"]);
    expect(ids(sorted(list, { key: "modality", descending: true }))).toEqual(["a", "b", "c"]);
  });
});

describe("views", () => {
  const list = [
    item("1"),
    item("2", { status: "in_progress", locked_by: { person_id: "me", display_name: "私" } }),
    item("3", { images_state: "arriving", arrived_instances: 1 }),
    item("4", { images_state: "problem" }),
    item("5", { status: "completed" }),
    item("6", { status: "canceled" }),
  ];

  it("count what they show", () => {
    const counts = {
      to_read: 4,
      waiting: 0,
      mine: 1,
      approval: 0,
      deferred: 0,
      arriving: 1,
      attention: 1,
      completed: 1,
      all: 6,
    };
    expect(countViews(list, "me")).toEqual(counts);
    expect(ids(chosenBy("mine", list, "me"))).toEqual(["2"]);
  });
});

describe("requests", () => {
  it("that name another patient block a case until it is closed, and come first", () => {
    const blocked = item("b", { request_state: "mismatch" });
    expect(isBlocked(blocked)).toBe(true);
    expect(isBlocked(item("c", { request_state: "mismatch", status: "completed" }))).toBe(false);
    expect(isBlocked(item("d", { request_state: "matched" }))).toBe(false);
    const order = sorted([item("a", { request_state: "matched" }), item("e"), blocked], {
      key: "request",
      descending: false,
    });
    expect(order.map(({ worklist_item_id }) => worklist_item_id)).toEqual(["b", "e", "a"]);
  });
});

describe("finding", () => {
  const list = [item("1"), item("2", { patient_name: { alphabetic: "Garcia^Maria", ideographic: "", phonetic: "" } })];

  it.each(["山田", "やまだ", "ﾔﾏﾀﾞ", "YAMADA", "ｙａｍａｄａ", "やまだ p-1", "花子　北原"])(
    "%s finds Yamada Hanako",
    (text) => {
      expect(ids(found(list, text))).toEqual(["1"]);
    },
  );

  it("with nothing typed shows all, and what is not there finds nothing", () => {
    expect(found(list, "  ")).toHaveLength(2);
    expect(found(list, "鈴木")).toHaveLength(0);
    expect(fold("ヤマダ^ハナコ")).toBe(fold("やまだ　はなこ"));
  });
});

describe("arrival", () => {
  it("says 100 % only when everything that was declared is here", () => {
    expect(arrivedPercent({ arrived_instances: 1499, declared_instances: 1500 })).toBe(99);
    expect(arrivedPercent({ arrived_instances: 1500, declared_instances: 1500 })).toBe(100);
    expect(arrivedPercent({ arrived_instances: 0, declared_instances: 0 })).toBeNull();
  });
});

describe("keys", () => {
  it("walk within the list and mean nothing elsewhere", () => {
    expect(move("ArrowDown", 0, 3, 10)).toBe(1);
    expect(move("ArrowDown", 2, 3, 10)).toBe(2);
    expect(move("ArrowUp", 0, 3, 10)).toBe(0);
    expect(move("PageDown", 0, 100, 10)).toBe(10);
    expect(move("End", 0, 100, 10)).toBe(99);
    expect(move("a", 0, 100, 10)).toBeNull();
    expect(move("ArrowDown", 0, 0, 10)).toBeNull();
  });
});
