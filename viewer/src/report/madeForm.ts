/** The form of a method out of the hub's own lists, for tests. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ReportForm } from "@/api/types";

type Lists = Omit<ReportForm, "method" | "scale" | "form"> & {
  readonly methods: Readonly<Record<string, NonNullable<ReportForm["form"]> & { readonly scales: readonly string[] }>>;
  readonly version: string;
};

const FILE = join(import.meta.dirname, "../../../src/dokuei/hub/reports/lexicon.json");

export function madeForm(method = "MG"): ReportForm {
  const lists = JSON.parse(readFileSync(FILE, "utf8")) as Lists;
  const form = lists.methods[method];
  if (!form) throw new Error(method);
  const scales = lists.scales.filter(({ value }) => form.scales.includes(value));
  return { ...lists, method, scale: scales[0]?.value ?? "", form, scales };
}
