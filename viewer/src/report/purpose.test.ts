import { describe, expect, it } from "vitest";
import type { Finding, Structure } from "@/api/types";
import { extentFromFindings } from "./extent";
import { madeForm } from "./madeForm";
import { NO_STRUCTURE } from "./model";
import { responseOf } from "./response";
import { isAsked } from "./words";

const MR = madeForm("MR");
const BLANK: Omit<Finding, "number" | "kind"> = {
  side: "right",
  place: {},
  size_mm: [],
  distance_mm: null,
  descriptors: {},
  comparison: "",
  category: "",
  note: "",
  images: [],
};

const finding = (kind: string, change: Partial<Finding> = {}): Finding => ({ ...BLANK, number: 1, kind, ...change });
const structure = (facts: Record<string, string>, findings: Finding[]): Structure => ({
  ...NO_STRUCTURE,
  method: "MR",
  facts,
  findings,
});
const target = (before: string, now: string, kind = "mass"): Finding =>
  finding(kind, { descriptors: { before_mm: before, now_mm: now } });
const judged = (...findings: Finding[]): string | undefined =>
  responseOf(structure({ purpose: "response" }, findings), MR)?.category;

describe("the response of the targets", () => {
  it("comes to what RECIST 1.1 says", () => {
    expect(judged(target("40", "0"))).toBe("CR");
    expect(judged(target("40", "0"), target("15", "9.9", "lymph_node"))).toBe("CR");
    expect(judged(target("40", "0"), target("15", "10", "lymph_node"))).toBe("PR");
    expect(judged(target("40", "28"))).toBe("PR");
    expect(judged(target("40", "28.1"))).toBe("SD");
    expect(judged(target("40", "48"))).toBe("PD");
    expect(judged(target("10", "14"))).toBe("SD");
    expect(judged(target("40", "0"), finding("mass", { comparison: "new" }))).toBe("PD");
  });

  it("is of measurements at both times, and of this purpose alone", () => {
    expect(judged(target("40", ""))).toBeUndefined();
    expect(judged(target("40", "20", "focus"))).toBeUndefined();
    expect(responseOf(structure({ purpose: "extent" }, [target("40", "20")]), MR)).toBeNull();
  });
});

describe("the extent from the findings", () => {
  const lesions = [
    finding("mass", { size_mm: [22.5, 18], distance_mm: 30 }),
    finding("nme", { size_mm: [34, 20, 12], distance_mm: 12 }),
    finding("mass", { side: "left", size_mm: [80] }),
  ];

  it("is the largest lesion's, T's size the largest mass's, the distance the nearest", () => {
    expect(extentFromFindings(structure({ index: "right" }, lesions))).toEqual({
      index: "right",
      extent_length_right: "34",
      extent_width_right: "20",
      extent_height_right: "12",
      t_size_right: "22.5",
      nipple_distance_right: "12",
    });
  });

  it("writes over nothing, and has nothing to offer without a breast concerned", () => {
    const typed = { index: "left", extent_length_left: "70", t_size_left: "60" };
    expect(extentFromFindings(structure(typed, lesions))).toBeNull();
    expect(extentFromFindings(structure({}, lesions))).toBeNull();
  });
});

describe("what is asked", () => {
  it("depends on the purpose", () => {
    const asked = (purpose: string): string[] =>
      (MR.form?.facts ?? []).filter((fact) => isAsked(fact, { purpose })).map(({ name }) => name);
    expect(asked("extent")).toContain("clinical_t");
    expect(asked("response")).toContain("response");
    expect(asked("hboc")).toContain("interval");
    expect(asked("diagnosis")).not.toContain("clinical_t");
    expect(asked("diagnosis")).not.toContain("response");
  });
});
