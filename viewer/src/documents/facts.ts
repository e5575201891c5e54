import { items, text, texts, type Dataset } from "@/images/dicomJson";
import type { PersonName } from "@/ui/format";
import { contentTree, everyItem, moment } from "./contentTree";
import { personName } from "./person";
import { references, type Reference } from "./reference";

/** What documents say of themselves beside their content. Pure. */

export interface Moment {
  readonly date: string;
  readonly time: string;
}

export interface Verification {
  readonly name: PersonName | null;
  readonly organization: string;
  readonly at: Moment;
}

/** Of a report: when, by what, and whether somebody stands for it (PS3.3 C.17.2). */
export interface ReportFacts {
  readonly written: Moment;
  /** COMPLETE or PARTIAL. */
  readonly completion: string;
  /** VERIFIED or UNVERIFIED. */
  readonly verification: string;
  readonly verifiers: readonly Verification[];
  readonly device: string;
  readonly institution: string;
}

export function reportFacts(dataset: Dataset): ReportFacts {
  return {
    written: { date: text(dataset, "00080023"), time: text(dataset, "00080033") },
    completion: text(dataset, "0040A491"),
    verification: text(dataset, "0040A493"),
    verifiers: items(dataset, "0040A073").map((one) => ({
      name: personName(one, "0040A075"),
      organization: text(one, "0040A027"),
      at: moment(text(one, "0040A030")),
    })),
    device: [text(dataset, "00080070"), text(dataset, "00081090")].filter(Boolean).join(" "),
    institution: text(dataset, "00080080"),
  };
}

/** A list of key images: why they were chosen, and which (PS3.3 C.17.6, TID 2010). */
export interface KeyObjects {
  readonly notes: readonly string[];
  readonly observers: readonly PersonName[];
  readonly references: readonly Reference[];
}

const TITLE_MODIFIER = "113011";

export function keyObjects(dataset: Dataset): KeyObjects {
  const root = contentTree(dataset);
  const values = everyItem(root).map(({ value }) => value);
  const said = [...root.context.filter(({ code }) => code === TITLE_MODIFIER), ...root.children];
  return {
    notes: said.flatMap(({ value }) => (value.kind === "text" && value.text !== "" ? [value.text] : [])),
    observers: values.flatMap((value) => (value.kind === "person" ? [value.name] : [])),
    references: values.flatMap((value) => (value.kind === "references" ? value.references : [])),
  };
}

/** How somebody left images on the screen (PS3.3 C.11.10 and C.10.5); it is told of, not applied. */
export interface PresentationFacts {
  readonly label: string;
  readonly description: string;
  readonly creator: PersonName | null;
  readonly created: Moment;
  readonly annotations: readonly string[];
  readonly graphics: number;
  readonly references: readonly Reference[];
}

export function presentationFacts(dataset: Dataset): PresentationFacts {
  const annotations = items(dataset, "00700001");
  const drawn = annotations.flatMap((one) => [...items(one, "00700009"), ...items(one, "0070030D")]);
  // A blending state keeps the images of each of its inputs by themselves (PS3.3 C.11.14).
  const inputs = [dataset, ...items(dataset, "00700402")];
  return {
    label: text(dataset, "00700080"),
    description: text(dataset, "00700081"),
    creator: personName(dataset, "00700084"),
    created: { date: text(dataset, "00700082"), time: text(dataset, "00700083") },
    annotations: annotations
      .flatMap((one) => items(one, "00700008").flatMap((object) => texts(object, "00700006")))
      .filter(Boolean),
    graphics: drawn.length,
    references: inputs.flatMap((input) => items(input, "00081115")).flatMap((series) => references(series, "00081140")),
  };
}
