import { describe, expect, it } from "vitest";
import type { Finding } from "@/api/types";
import {
  categoryMark,
  EMPTY_DRAFT,
  gapsOf,
  isSignable,
  knownCategory,
  needsWorkUp,
  NO_STRUCTURE,
  openChecks,
  sameDraft,
  unionOfImages,
} from "./model";

describe("before signing", () => {
  const whole = { ...EMPTY_DRAFT, findings: "所見", impression: "診断", category_right: "1", category_left: "2" };

  it("names what is missing, all of it", () => {
    expect(gapsOf(EMPTY_DRAFT, 0)).toEqual(["findings", "impression", "category_right", "category_left", "images"]);
    expect(gapsOf(whole, 4)).toEqual([]);
  });

  it("needs images that were read and a word", () => {
    expect(isSignable(whole, 0)).toBe(false);
    expect(isSignable(EMPTY_DRAFT, 4)).toBe(false);
    expect(isSignable({ ...EMPTY_DRAFT, findings: " \n" }, 4)).toBe(false);
    expect(isSignable({ ...whole, findings: "", impression: "異常なし" }, 4)).toBe(true);
  });

  it("needs a category for each breast, or that none applies", () => {
    expect(isSignable({ ...whole, category_left: "" }, 4)).toBe(false);
    expect(isSignable({ ...whole, category_left: "NA" }, 4)).toBe(true);
    expect(knownCategory("NA")).toBe("NA");
    expect([categoryMark("NA"), categoryMark(""), categoryMark("3-1")]).toEqual(["N/A", "–", "3-1"]);
  });
});

describe("a draft that the hub gives back", () => {
  const typed: Finding = {
    place: { quadrant: "C", depth: "middle" },
    size_mm: [12],
    distance_mm: null,
    descriptors: {},
    comparison: "",
    category: "3",
    note: "",
    kind: "mass",
    side: "right",
    images: [{ sop_instance_uid: "1.2", frame: 1 }],
    number: 1,
  };
  const given: Finding = {
    number: 1,
    side: "right",
    kind: "mass",
    place: { depth: "middle", quadrant: "C" },
    size_mm: [12],
    distance_mm: null,
    descriptors: {},
    comparison: "",
    category: "3",
    note: "",
    images: [{ sop_instance_uid: "1.2", frame: 1 }],
  };
  const answers = ["b", "a"].map((check) => ({ check, about: "", reason: check }));
  const structure = { ...NO_STRUCTURE, method: "mammography", lexicon: "2026.1", findings: [typed] };
  const sent = { ...EMPTY_DRAFT, structure, answers };
  const own = { "own-1": { ja: "語", en: "word" } };
  const got = {
    ...sent,
    structure: { ...structure, lexicon: "2026.1+own.4", own, findings: [given] },
    answers: answers.toReversed(),
  };

  it("is what was sent, in the hub's order and with the hub's lists", () => {
    expect(sameDraft(sent, got)).toBe(true);
  });

  it("is another where a word or the order of the findings differs", () => {
    const changed = (findings: Finding[]): typeof got => ({ ...got, structure: { ...got.structure, findings } });
    expect(sameDraft(sent, changed([{ ...given, size_mm: [13] }]))).toBe(false);
    expect(sameDraft(changed([typed, { ...typed, number: 2 }]), changed([{ ...given, number: 2 }, given]))).toBe(false);
    expect(sameDraft(sent, { ...got, answers: answers.slice(1) })).toBe(false);
  });
});

describe("checks", () => {
  const side = { check: "side_text", about: "finding:1", answerable: true, count: 0 };
  const lossy = { check: "mammogram_lossy", about: "", answerable: false, count: 1 };

  it("are open until a reason stands beside them, and some for ever", () => {
    const blank = { check: "side_text", about: "finding:1", reason: " " };
    expect(openChecks([side], [])).toEqual([side]);
    expect(openChecks([side], [blank])).toEqual([side]);
    expect(openChecks([side], [{ ...blank, about: "finding:2", reason: "x" }])).toEqual([side]);
    expect(openChecks([side], [{ ...blank, reason: "確認済" }])).toEqual([]);
    expect(openChecks([lossy], [{ check: "mammogram_lossy", about: "", reason: "急ぐ" }])).toEqual([lossy]);
  });
});

describe("categories", () => {
  it("ask for work-up from 3 on", () => {
    expect(["", "1", "2", "N-1"].some((category) => needsWorkUp(category))).toBe(false);
    expect(["3", "3-1", "3-2", "4", "5"].every((category) => needsWorkUp(category))).toBe(true);
  });

  it("of BI-RADS ask for more from 4 on, and where they are open", () => {
    const asked = ["0", "1", "2", "3", "4A", "5", "6"].filter((category) => needsWorkUp(category, "birads"));
    expect(asked).toEqual(["0", "4A", "5"]);
  });

  it("that are unknown are not given a meaning", () => {
    expect(knownCategory("3-1")).toBe("3-1");
    expect(knownCategory("")).toBe("none");
    expect(knownCategory("6")).toBe("none");
  });
});

describe("images read", () => {
  it("count once each, and the later proof stands", () => {
    const first = { sop_instance_uid: "1", frame: 1, digest: "a" };
    const again = { ...first, digest: "b" };
    const second = { ...first, frame: 2 };
    expect(unionOfImages([first], [again, second])).toEqual([again, second]);
  });
});
