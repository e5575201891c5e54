// @vitest-environment happy-dom
import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import type { Finding, ReportForm } from "@/api/types";
import { startCatalogues } from "@/i18n";
import { withFinding, type Drawing } from "./findings";
import { takes, withForm } from "./forms";
import { madeForm } from "./madeForm";
import { EMPTY_DRAFT, type Draft } from "./model";

const MG = madeForm("MG");
const US = madeForm("US");
const BOTH = together(MG, US);
let drawing: (form: ReportForm) => Drawing;

beforeAll(() => {
  startCatalogues("ja");
  const translate = {
    ja: i18next.getFixedT("ja", ["structured", "report"]),
    en: i18next.getFixedT("en", ["structured", "report"]),
  };
  drawing = (form) => ({ form, language: "ja", translate });
});

/** Both forms in one, as the hub puts them together. */
function together(...[first, second]: readonly [ReportForm, ReportForm]): ReportForm {
  const kinds = [first, second].flatMap(({ form, method }) =>
    (form?.kinds ?? []).map((kind) => ({
      ...kind,
      value: `${method}.${kind.value}`,
      categories: { screening: method === "MG" ? ["1", "3", "N-1"] : ["0", "1", "3"] },
    })),
  );
  const form = first.form && { ...first.form, methods: ["MG", "US"], kinds };
  return { ...first, method: "MG+US", form, places: [...first.places, ...second.places] };
}

function written(form: ReportForm, kind: string, category: string): Draft {
  const begun = { ...EMPTY_DRAFT, ...withFinding(EMPTY_DRAFT, { kind, side: "left", images: [] }, drawing(form)) };
  const findings = begun.structure.findings.map((finding): Finding => ({ ...finding, category }));
  return { ...begun, structure: { ...begun.structure, facts: { density: "b" }, findings }, category_left: category };
}

describe("a report that goes on in another form", () => {
  it("keeps its findings, their sentences and what was judged", () => {
    const draft = { ...EMPTY_DRAFT, ...written(MG, "mass", "3") };
    const after = { ...draft, ...withForm(draft, BOTH, drawing(MG)) };
    expect(after.structure).toMatchObject({ method: "MG+US", scale: "screening", facts: { density: "b" } });
    expect(after.structure.findings.map(({ kind, category }) => [kind, category])).toEqual([["MG.mass", "3"]]);
    expect(after.findings).toContain("腫瘤（MG）");
    expect(after.category_left).toBe("3");
    const back = { ...after, ...withForm(after, MG, drawing(BOTH)) };
    expect(back.structure.findings).toEqual(draft.structure.findings);
    expect(back.findings).toBe(draft.findings);
  });

  it("never loses a finding that the other form does not have", () => {
    const draft = written(BOTH, "US.cyst", "3");
    const [offered] = MG.offered;
    expect(offered && takes(offered, draft.structure.findings, BOTH)).toBe(false);
    expect(withForm(draft, MG, drawing(BOTH))).toEqual({});
  });

  it("asks again where the other form judges otherwise", () => {
    const draft = written(MG, "mass", "N-1");
    const empty = { ...draft, structure: { ...draft.structure, findings: [] } };
    const after = withForm(empty, US, drawing(MG));
    expect(after.structure).toMatchObject({ method: "US", scale: "screening_us", facts: {} });
    expect([after.category_right, after.category_left]).toEqual(["", ""]);
  });
});
