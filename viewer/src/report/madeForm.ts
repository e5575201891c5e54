/** The form of a method out of the hub's own lists, for tests. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ReportForm } from "@/api/types";
import type { Kind } from "./words";

type Form = NonNullable<ReportForm["form"]>;
interface Method extends Omit<Form, "kinds"> {
  readonly scales: readonly string[];
  readonly places: string[];
  readonly sizes: string[];
  readonly distance?: boolean;
  readonly kinds: readonly Omit<Kind, "method" | "places" | "sizes" | "distance" | "categories">[];
}
type Lists = Omit<ReportForm, "method" | "scale" | "form" | "offered" | "places"> & {
  readonly methods: Readonly<Record<string, Method>>;
  readonly places: ReportForm["places"];
};

const FILE = join(import.meta.dirname, "../../../src/dokuei/hub/reports/lexicon.json");

export function madeForm(method = "MG"): ReportForm {
  const lists = JSON.parse(readFileSync(FILE, "utf8")) as Lists;
  const form = lists.methods[method];
  if (!form) throw new Error(method);
  const scales = lists.scales.filter(({ value }) => form.scales.includes(value));
  const { places, sizes, distance = false } = form;
  const categories = Object.fromEntries(scales.map(({ value, values }) => [value, values]));
  const kinds = form.kinds.map((kind) => ({ ...kind, method, places, sizes, distance, categories }));
  return {
    ...lists,
    method,
    offered: [{ value: method, ja: form.ja, en: form.en, methods: [method] }],
    scale: scales[0]?.value ?? "",
    form: { ...form, methods: [method], kinds },
    scales,
    places: lists.places.filter(({ name }) => places.includes(name)),
  };
}
