import { expect, test } from "vitest";
import { chosenOf, keptOf, type Kept } from "./filters";
import { madeItem } from "./madeItems";
import { chosenBy, choicesIn, countViews, listed, narrowed } from "./model";

const KEPT: Kept = {
  view: "mine",
  narrowing: { site: "kita", modality: "MG" },
  sort: { key: "patient", descending: true },
};

test("what is kept comes back as it was", () => {
  expect(keptOf({ filter_id: "1", name: "北", chosen: chosenOf(KEPT) })).toEqual(KEPT);
});

test("what this page does not know falls back to the usual", () => {
  const chosen = { view: "dreams", site: "", modality: "", sort: "colour", order: "" } as const;
  expect(keptOf({ filter_id: "1", name: "?", chosen })).toEqual({
    view: "to_read",
    narrowing: { site: "", modality: "" },
    sort: { key: "due", descending: false },
  });
});

test("a list is narrowed to a site and a modality, and offers only what is in it", () => {
  const items = [
    madeItem("1"),
    madeItem("2", { site_id: "minami", site_name: "南病院" }),
    madeItem("3", { modalities: ["US", "SR"] }),
  ];
  expect(narrowed(items, { site: "kita", modality: "" }).map(({ worklist_item_id: id }) => id)).toEqual(["1", "3"]);
  expect(narrowed(items, { site: "", modality: "SR" }).map(({ worklist_item_id: id }) => id)).toEqual(["3"]);
  expect(choicesIn(items).sites).toHaveLength(2);
  expect(choicesIn(items).modalities).toEqual(["MG", "SR", "US"]);
});

test("who waits comes first, what is put off is not to be read, and what I have read is not mine any more", () => {
  const signed = { reader: { person_id: "me", display_name: "私" }, signed_at: "2026-11-30T00:00:00Z" };
  const items = [
    madeItem("late", { due_at: "2026-11-30T00:00:00Z" }),
    madeItem("waits", { waiting: { why: "retake", since: "2026-11-30T00:00:00Z" } }),
    madeItem("off", { deferral: { until: "2026-12-01T00:00:00Z", reason: "前回待ち", display_name: "私" } }),
    madeItem("read", { my_role: null, readings: [{ role: "first", ...signed }] }),
  ];
  const choice = { view: "to_read", text: "", sort: { key: "due", descending: false } } as const;
  expect(listed(items, choice, "me").map(({ worklist_item_id: id }) => id)).toEqual(["waits", "late"]);
  expect(chosenBy("deferred", items, "me").map(({ worklist_item_id: id }) => id)).toEqual(["off"]);
  expect(countViews(items, "me")).toMatchObject({ waiting: 1, deferred: 1, to_read: 2, all: 4 });
  expect(countViews(items, "other").to_read).toBe(3);
});
