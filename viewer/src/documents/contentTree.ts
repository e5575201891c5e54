import { codes, item, items, number, numbers, text, type Dataset } from "@/images/dicomJson";
import type { PersonName } from "@/ui/format";
import { personName } from "./person";
import { references, type Reference } from "./reference";

/** The content of a structured report as a reader wants it (PS3.3 C.17.3). Pure; never throws on what is missing. */

export type ContentValue =
  | { readonly kind: "none" }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "number"; readonly number: string; readonly unit: string; readonly qualifier: string }
  | { readonly kind: "moment"; readonly date: string; readonly time: string }
  | { readonly kind: "uid"; readonly uid: string }
  | { readonly kind: "person"; readonly name: PersonName }
  | { readonly kind: "references"; readonly references: readonly Reference[] }
  | { readonly kind: "shape"; readonly shape: string; readonly points: number }
  /** Another item of the same tree, by its path. */
  | { readonly kind: "item"; readonly path: string }
  /** A type of value that is not known here: its name. */
  | { readonly kind: "unknown"; readonly type: string };

export interface ContentItem {
  /** 1.2.3: the root's third child's … as items refer to each other (PS3.3 C.17.3.2.5). */
  readonly path: string;
  readonly relationship: string;
  readonly heading: boolean;
  /** The concept's code value and its meaning. */
  readonly code: string;
  readonly name: string;
  readonly value: ContentValue;
  /** What qualifies the item (modifiers, who observed, how it was acquired). */
  readonly context: readonly ContentItem[];
  readonly children: readonly ContentItem[];
}

const CONTEXT = new Set(["HAS CONCEPT MOD", "HAS OBS CONTEXT", "HAS ACQ CONTEXT"]);

export const contentTree = (dataset: Dataset): ContentItem => contentItem(dataset, "1");

function contentItem(dataset: Dataset, path: string): ContentItem {
  const inner = items(dataset, "0040A730").map((child, index) => contentItem(child, `${path}.${index + 1}`));
  const isContext = ({ relationship }: ContentItem): boolean => CONTEXT.has(relationship);
  return {
    path,
    relationship: text(dataset, "0040A010"),
    heading: text(dataset, "0040A040") === "CONTAINER",
    code: codes(dataset, "0040A043")[0]?.value ?? "",
    name: meaning(dataset, "0040A043"),
    value: valueOf(dataset),
    context: inner.filter(isContext),
    children: inner.filter((child) => !isContext(child)),
  };
}

/** A code's meaning, or its value where a sender left the meaning out. */
function meaning(dataset: Dataset, tag: string): string {
  const code = codes(dataset, tag)[0];
  return code === undefined ? "" : code.meaning || code.value;
}

function valueOf(dataset: Dataset): ContentValue {
  const target = numbers(dataset, "0040DB73");
  if (target.length > 0) return { kind: "item", path: target.join(".") };
  const type = text(dataset, "0040A040");
  switch (type) {
    case "CONTAINER":
    case "":
      return { kind: "none" };
    case "TEXT":
      return { kind: "text", text: text(dataset, "0040A160") };
    case "CODE":
      return { kind: "text", text: meaning(dataset, "0040A168") };
    case "UIDREF":
      return { kind: "uid", uid: text(dataset, "0040A124") };
    case "NUM":
      return measured(dataset);
    case "DATE":
      return { kind: "moment", date: text(dataset, "0040A121"), time: "" };
    case "TIME":
      return { kind: "moment", date: "", time: text(dataset, "0040A122") };
    case "DATETIME":
      return moment(text(dataset, "0040A120"));
    case "PNAME":
      return { kind: "person", name: personName(dataset, "0040A123") ?? {} };
    case "IMAGE":
    case "COMPOSITE":
    case "WAVEFORM":
      return { kind: "references", references: references(dataset, "00081199") };
    case "SCOORD":
      return shape(dataset, 2);
    case "SCOORD3D":
      return shape(dataset, 3);
    case "TCOORD":
      return { kind: "shape", shape: text(dataset, "0040A130"), points: 0 };
    default:
      return { kind: "unknown", type };
  }
}

/** A DT value, whose date and time are written in one (PS3.5 6.2). */
export function moment(value: string): ContentValue & { readonly kind: "moment" } {
  return { kind: "moment", date: value.slice(0, 8), time: value.slice(8).replace(/[&+-].*$/, "") };
}

function shape(dataset: Dataset, dimensions: 2 | 3): ContentValue {
  const points = Math.floor(numbers(dataset, "00700022").length / dimensions);
  return { kind: "shape", shape: text(dataset, "00700023"), points };
}

/** No value at all is told by its qualifier: not measured, not a number, … (PS3.3 C.18.1). */
function measured(dataset: Dataset): ContentValue {
  const value = item(dataset, "0040A300");
  const written = value["0040A30A"] === undefined ? number(value, "0040A161") : number(value, "0040A30A");
  return {
    kind: "number",
    number: written === null ? "" : String(written),
    unit: unitOf(value),
    qualifier: meaning(dataset, "0040A301"),
  };
}

/** mm and cm2 as UCUM writes them; what it puts in brackets is read better by its meaning, and 1 is no unit. */
function unitOf(value: Dataset): string {
  const code = codes(value, "004008EA")[0];
  if (code === undefined || code.value === "1" || /^no units$/i.test(code.meaning)) return "";
  return code.scheme === "UCUM" && !/[[{]/.test(code.value) ? code.value : code.meaning || code.value;
}

/** Every item of a tree, the tree's own order. */
export function everyItem(root: ContentItem): ContentItem[] {
  return [root, ...[...root.context, ...root.children].flatMap(everyItem)];
}
