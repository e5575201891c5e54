/** What happens to a draft when its fields change; pure. */
import type { Finding, ReportForm, Structure } from "@/api/types";
import type { Language } from "@/i18n";
import { NO_STRUCTURE, type Draft } from "./model";
import { redrawn, sentencesOf, type Translate } from "./sentence";

export interface Drawing {
  readonly form: ReportForm;
  readonly language: Language;
  readonly translate: Translate;
}

export type Side = Finding["side"];

/** The fields of a draft, or empty ones of this case's form. */
export function structureOf(draft: Draft, form: ReportForm): Structure {
  if (draft.structure.method !== "") return draft.structure;
  return { ...NO_STRUCTURE, method: form.method, scale: form.scale, lexicon: form.version };
}

export function withFields(draft: Draft, form: ReportForm, change: Partial<Structure>): Partial<Draft> {
  return { structure: { ...structureOf(draft, form), ...change } };
}

/** Another scale has other categories: none is ever translated into one of another scale. */
export function withScale(draft: Draft, form: ReportForm, scale: string): Partial<Draft> {
  const { findings } = structureOf(draft, form);
  return {
    ...withFields(draft, form, { scale, findings: findings.map((finding) => ({ ...finding, category: "" })) }),
    category_right: "",
    category_left: "",
  };
}

export const categoriesOf = (form: ReportForm, scale: string): readonly string[] =>
  form.scales.find(({ value }) => value === scale)?.values ?? [];

/** One more finding, numbered on; its sentence joins the text when it says more than its kind. */
export function withFinding(
  draft: Draft,
  given: Pick<Finding, "kind" | "side" | "images">,
  drawing: Drawing,
): Partial<Draft> {
  const structure = structureOf(draft, drawing.form);
  const number = Math.max(0, ...structure.findings.map((finding) => finding.number)) + 1;
  const blank = { place: {}, size_mm: [], distance_mm: null, descriptors: {}, comparison: "", category: "", note: "" };
  const finding: Finding = { ...blank, ...given, number };
  const after = sentencesOf(drawing.form, finding, drawing.translate);
  return {
    structure: { ...structure, findings: [...structure.findings, finding] },
    findings: redrawn(draft.findings, null, after, drawing.language),
  };
}

export function withChange(draft: Draft, number: number, change: Partial<Finding>, drawing: Drawing): Partial<Draft> {
  const structure = structureOf(draft, drawing.form);
  const before = structure.findings.find((finding) => finding.number === number);
  if (before === undefined) return {};
  const after = { ...before, ...change };
  const findings = structure.findings.map((finding) => (finding.number === number ? after : finding));
  const [was, is] = [before, after].map((finding) => sentencesOf(drawing.form, finding, drawing.translate));
  return {
    structure: { ...structure, findings },
    findings: redrawn(draft.findings, was ?? null, is ?? null, drawing.language),
    ...raised(draft, structure, findings, drawing.form),
  };
}

export function withoutFinding(draft: Draft, number: number, drawing: Drawing): Partial<Draft> {
  const structure = structureOf(draft, drawing.form);
  const gone = structure.findings.find((finding) => finding.number === number);
  if (gone === undefined) return {};
  const findings = structure.findings.filter((finding) => finding !== gone);
  return {
    structure: { ...structure, findings },
    findings: redrawn(draft.findings, sentencesOf(drawing.form, gone, drawing.translate), null, drawing.language),
    ...raised(draft, structure, findings, drawing.form),
  };
}

/** A breast's category follows the worst of its findings as long as nobody has set another. */
function raised(draft: Draft, before: Structure, findings: readonly Finding[], form: ReportForm): Partial<Draft> {
  const follow = (side: Side, present: string): string => {
    const was = worstOf(before.findings, side, categoriesOf(form, before.scale));
    return present === "" || present === was ? worstOf(findings, side, categoriesOf(form, before.scale)) : present;
  };
  return {
    category_right: follow("right", draft.category_right),
    category_left: follow("left", draft.category_left),
  };
}

/** The worse of both breasts, by the scale's own order; nothing while one is open, and N/A where neither has one. */
export function worstOfSides(severity: readonly string[], right: string, left: string): string {
  if (right === "" || left === "") return "";
  return severity[Math.max(severity.indexOf(right), severity.indexOf(left))] ?? "NA";
}

function worstOf(findings: readonly Finding[], side: Side, scale: readonly string[]): string {
  const order = scale.filter((category) => !category.startsWith("N"));
  const ranks = findings.filter((finding) => finding.side === side).map(({ category }) => order.indexOf(category));
  return order[Math.max(-1, ...ranks)] ?? "";
}

/** Both breasts without a finding, in one step; null where something is written that this would contradict. */
export function allNormal(
  draft: Draft,
  form: ReportForm,
  words: { findings: string; impression: string },
): Partial<Draft> | null {
  const structure = structureOf(draft, form);
  const decided = (category: string): boolean => category !== "" && category !== "1" && category !== "NA";
  if (structure.findings.length > 0 || decided(draft.category_right) || decided(draft.category_left)) return null;
  const category = categoriesOf(form, structure.scale).includes("1") ? "1" : "NA";
  return {
    structure: { ...structure, recommendation: "routine" },
    category_right: category,
    category_left: category,
    findings: draft.findings.trim() === "" ? words.findings : draft.findings,
    impression: draft.impression.trim() === "" ? words.impression : draft.impression,
  };
}
