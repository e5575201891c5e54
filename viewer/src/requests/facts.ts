/** What of a request says something, in the order in which a breast reader asks for it; pure. */
import type { Clinical } from "./shapes";

export const FACTS = [
  "history",
  "surgeries",
  "pathology",
  "family_history",
  "gene",
  "menstruation",
  "last_period",
  "hormone_therapy",
  "implants",
  "pregnancy",
  "prior_examinations",
  "note",
] as const;
export type Fact = (typeof FACTS)[number];

const SILENT: ReadonlySet<string> = new Set(["unknown", ""]);

function says(clinical: Clinical, fact: Fact): boolean {
  const value = clinical[fact];
  if (typeof value !== "string") return value.length > 0;
  if (fact === "gene") return !SILENT.has(value) || clinical.gene_note.trim() !== "";
  return !SILENT.has(value.trim());
}

export const factsOf = (clinical: Clinical): Fact[] => FACTS.filter((fact) => says(clinical, fact));
