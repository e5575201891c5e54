import { describe, expect, it } from "vitest";
import { byNeed, paceOf, fits, gapsOf, percent, planOf, stepsOf, type Typed } from "./model";
import type { Examinee, RosterLine, Stage } from "./shapes";

const examinee = (stage: Stage): Examinee => ({
  number: 1,
  exam_number: "1",
  patient_id: "P1",
  name: "",
  kana: "",
  birth_date: "",
  examination_date: "20261101",
  stage,
  late_images: false,
  request_id: "r",
  worklist_item_id: null,
});

const line = (number: number, outcome: RosterLine["outcome"]): RosterLine => ({
  number,
  outcome,
  exam_number: "",
  name: "",
  reason: null,
  fields: [],
});

describe("a batch", () => {
  it("puts who still comes, and whose images are on the way, together", () => {
    expect((["missing", "arriving", "arrived"] as const).map((stage) => fits(examinee(stage), "missing"))).toEqual([
      true,
      true,
      false,
    ]);
    expect(fits(examinee("canceled"), "all")).toBe(true);
  });

  it("counts a second reading only where there is one", () => {
    expect(stepsOf(false)).not.toContain("read_twice");
    expect(stepsOf(true)).toContain("read_twice");
  });

  it("is at 100 % only when nobody is left", () => {
    expect(percent(299, 300)).toBe(99);
    expect(percent(300, 300)).toBe(100);
    expect(percent(0, 0)).toBe(0);
  });

  it("needs a site, a name and a day", () => {
    const typed: Typed = {
      site_id: "",
      name: " ",
      held_on: "",
      organiser: "",
      read_twice: true,
      accession_is_exam_number: false,
    };
    expect(gapsOf(typed)).toEqual(["site_id", "name", "held_on"]);
    expect(gapsOf({ ...typed, site_id: "kita", name: "検診", held_on: "R8.11.1" })).toEqual([]);
    expect(planOf({ ...typed, held_on: "R8.11.1" }).held_on).toBe("2026-11-01");
  });
});

describe("a roster's result", () => {
  it("shows first what was refused", () => {
    const lines = [line(2, "known"), line(3, "taken"), line(4, "refused"), line(5, "refused")];
    expect(byNeed(lines).map(({ number }) => number)).toEqual([4, 5, 3, 2]);
  });
});

describe("a roster that is being taken", () => {
  it("says how fast, and how long the rest takes", () => {
    expect(paceOf(250, 1000, 5000)).toEqual({ perSecond: 50, secondsLeft: 15 });
    expect(paceOf(1000, 1000, 5000)).toEqual({ perSecond: 200, secondsLeft: 0 });
  });

  it("says nothing before there is something to reckon with", () => {
    expect(paceOf(0, 1000, 5000)).toBeNull();
    expect(paceOf(5, 1000, 0)).toBeNull();
  });
});
