// @vitest-environment happy-dom
import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import { startCatalogues } from "@/i18n";
import { allNormal, withChange, withFinding, withoutFinding, withScale, worstOfSides, type Drawing } from "./findings";
import { madeForm } from "./madeForm";
import { EMPTY_DRAFT, type Draft } from "./model";

const form = madeForm();
const NORMAL = { findings: "異常を認めません。", impression: "異常なし。" };
let drawing: Drawing;

beforeAll(() => {
  startCatalogues("ja");
  const translate = {
    ja: i18next.getFixedT("ja", ["structured", "report"]),
    en: i18next.getFixedT("en", ["structured", "report"]),
  };
  drawing = { form, language: "ja", translate };
});

const added = (draft: Draft = EMPTY_DRAFT, kind = "mass"): Draft => ({
  ...draft,
  ...withFinding(draft, { kind, side: "right", images: [] }, drawing),
});
const changed = (draft: Draft, number: number, change: Parameters<typeof withChange>[2]): Draft => ({
  ...draft,
  ...withChange(draft, number, change, drawing),
});

describe("a finding", () => {
  it("writes its sentence, and writes it anew as its fields change", () => {
    let draft = added();
    expect(draft.findings).toBe("右乳房に腫瘤を認める。");
    draft = changed(draft, 1, { place: { mlo: "U", cc: "O" }, size_mm: [12, 9.5] });
    draft = changed(draft, 1, { descriptors: { margin: "spiculated", shape: "irregular" }, comparison: "larger" });
    expect(draft.findings).toBe(
      "右乳房 U（上部）・O（外側）に腫瘤を認める（12×9.5 mm大、不整形、スピキュラを伴う）。前回比較：増大。",
    );
  });

  it("leaves alone what the reader wrote instead, and what stands beside it", () => {
    let draft = added({ ...EMPTY_DRAFT, findings: "前回と比較した。" });
    expect(draft.findings).toBe("前回と比較した。\n右乳房に腫瘤を認める。");
    draft = { ...draft, findings: "前回と比較した。\n右に小さな腫瘤。" };
    expect(changed(draft, 1, { side: "left" }).findings).toBe(draft.findings);
  });

  it("keeps the language that its sentence has", () => {
    drawing = { ...drawing, language: "en" };
    let draft = added();
    expect(draft.findings).toBe("Right breast: mass.");
    drawing = { ...drawing, language: "ja" };
    draft = changed(draft, 1, { side: "left" });
    expect(draft.findings).toBe("Left breast: mass.");
  });

  it("takes its sentence away with it, and its number is not used again before the last", () => {
    let draft = added(added(), "calcification");
    draft = { ...draft, ...withoutFinding(draft, 1, drawing) };
    expect(draft.findings).toBe("右乳房に石灰化を認める。");
    expect(added(draft).structure.findings.map(({ number }) => number)).toEqual([2, 3]);
  });

  it("raises its breast's category, until somebody sets another", () => {
    let draft = changed(added(), 1, { category: "3" });
    expect([draft.category_right, draft.category_left]).toEqual(["3", ""]);
    draft = changed(draft, 1, { category: "4" });
    expect(draft.category_right).toBe("4");
    draft = changed({ ...draft, category_right: "5" }, 1, { category: "3" });
    expect(draft.category_right).toBe("5");
  });
});

describe("a normal case", () => {
  it("is filled in by one step", () => {
    const draft = { ...EMPTY_DRAFT, ...allNormal(EMPTY_DRAFT, form, NORMAL) };
    expect([draft.category_right, draft.category_left, draft.structure.recommendation]).toEqual(["1", "1", "routine"]);
    expect([draft.findings, draft.impression]).toEqual([NORMAL.findings, NORMAL.impression]);
  });

  it("is not written over a finding or another category", () => {
    expect(allNormal(added(), form, NORMAL)).toBeNull();
    expect(allNormal({ ...EMPTY_DRAFT, category_left: "4" }, form, NORMAL)).toBeNull();
    expect(allNormal({ ...EMPTY_DRAFT, findings: "術後。" }, form, NORMAL)?.findings).toBe("術後。");
  });
});

describe("another scale", () => {
  it("takes no category over from the first", () => {
    const draft = changed(added(), 1, { category: "4" });
    const other = withScale(draft, form, "birads");
    expect(other).toMatchObject({ category_right: "", category_left: "" });
    expect(other.structure?.findings[0]?.category).toBe("");
  });
});

describe("the examination's category", () => {
  const severity = form.scales.find(({ value }) => value === "screening")?.severity ?? [];
  it("is that of the worse breast, and of neither while one is open", () => {
    expect(worstOfSides(severity, "2", "4")).toBe("4");
    expect(worstOfSides(severity, "N-1", "2")).toBe("N-1");
    expect(worstOfSides(severity, "NA", "3")).toBe("3");
    expect(worstOfSides(severity, "NA", "NA")).toBe("NA");
    expect(worstOfSides(severity, "4", "")).toBe("");
  });
});
