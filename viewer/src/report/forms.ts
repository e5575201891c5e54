/** What becomes of a draft when it goes on in another form of the same case; pure. */
import type { Finding, ReportForm } from "@/api/types";
import { structureOf, type Drawing } from "./findings";
import type { Draft } from "./model";
import { redrawn, sentencesOf } from "./sentence";
import { kindOf, type Kind } from "./words";

type Offered = ReportForm["offered"][number];

/** Whether a form takes everything that is entered. */
export const takes = ({ methods }: Offered, findings: readonly Finding[], form: ReportForm): boolean =>
  findings.every(({ kind }) => methods.includes(kindOf(form, kind)?.method ?? ""));

/** The same findings in another form, each with its sentence; nothing where one of them would be lost. */
export function withForm(draft: Draft, chosen: ReportForm, drawing: Drawing): Partial<Draft> {
  const before = structureOf(draft, drawing.form);
  const kept = chosen.scales.some(({ value }) => value === before.scale);
  const scale = kept ? before.scale : chosen.scale;
  let text = draft.findings;
  const findings: Finding[] = [];
  for (const finding of before.findings) {
    const kind = kindIn(chosen, kindOf(drawing.form, finding.kind));
    if (kind === undefined) return {};
    const allowed = ["NA", ...(kind.categories[scale] ?? [])];
    const category = allowed.includes(finding.category) ? finding.category : "";
    const after = { ...finding, kind: kind.value, category };
    const [was, is] = [
      sentencesOf(drawing.form, finding, drawing.translate),
      sentencesOf(chosen, after, drawing.translate),
    ];
    text = redrawn(text, was, is, drawing.language);
    findings.push(after);
  }
  const facts = Object.entries(before.facts).filter(([name]) => chosen.form?.facts.some((fact) => fact.name === name));
  return {
    structure: { ...before, method: chosen.method, scale, facts: Object.fromEntries(facts), findings },
    findings: text,
    ...(kept ? {} : { category_right: "", category_left: "" }),
  };
}

const bareName = (kind: string): string => kind.slice(kind.lastIndexOf(".") + 1);

/** The same kind under the name that it has there. */
const kindIn = (form: ReportForm, kind: Kind | undefined): Kind | undefined =>
  kind && form.form?.kinds.find((one) => one.method === kind.method && bareName(one.value) === bareName(kind.value));
