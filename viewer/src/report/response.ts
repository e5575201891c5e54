/** How targets answer to a therapy, after RECIST 1.1, as the hub computes it too; pure. */
import type { Finding, ReportForm, Structure } from "@/api/types";
import { kindOf } from "./words";

export interface Response {
  readonly targets: number;
  readonly before: number;
  readonly now: number;
  /** In % of the sum before. */
  readonly change: number;
  readonly category: "CR" | "PR" | "SD" | "PD";
}

interface Target {
  readonly isNode: boolean;
  readonly before: number;
  readonly now: number;
}

/** Diameters in mm, of a node its short axis; null where no finding was measured at both times. */
export function responseOf(structure: Structure, form: ReportForm): Response | null {
  if (structure.facts["purpose"] !== "response") return null;
  const targets = structure.findings.flatMap((finding) => targetOf(finding, form));
  const before = sum(targets.map((target) => target.before));
  const now = sum(targets.map((target) => target.now));
  if (before <= 0) return null;
  const change = ((now - before) / before) * 100;
  const isNew = structure.findings.some(({ comparison }) => comparison === "new");
  return { targets: targets.length, before, now, change, category: categoryOf(targets, change, isNew) };
}

function targetOf(finding: Finding, form: ReportForm): Target[] {
  const { before_mm: before = "", now_mm: now = "" } = finding.descriptors;
  const measures = kindOf(form, finding.kind)?.attributes.some(({ name }) => name === "before_mm") ?? false;
  if (!measures || before === "" || now === "" || finding.comparison === "new") return [];
  return [{ isNode: finding.kind === "lymph_node", before: Number(before), now: Number(now) }];
}

function categoryOf(targets: readonly Target[], change: number, isNew: boolean): Response["category"] {
  const grown = sum(targets.map(({ before, now }) => now - before));
  if (isNew || (change >= 20 && grown >= 5)) return "PD";
  if (targets.every(({ isNode, now }) => (isNode ? now < 10 : now === 0))) return "CR";
  return change <= -30 ? "PR" : "SD";
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
