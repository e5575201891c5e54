/** Words of the form's lists in the language of the page; pure. */
import type { ReportForm } from "@/api/types";
import type { Language } from "@/i18n";

export type Attribute = ReportForm["places"][number];
export type Kind = NonNullable<ReportForm["form"]>["kinds"][number];

interface Word {
  readonly value: string;
  readonly ja: string;
  readonly en: string;
}

export const wordOf = (words: readonly Word[], value: string, language: Language): string =>
  words.find((word) => word.value === value)?.[language] ?? "";

export const kindOf = (form: ReportForm, kind: string): Kind | undefined =>
  form.form?.kinds.find(({ value }) => value === kind);

/** The chosen words of several lists, in the order of the lists. */
export function chosenWords(
  attributes: readonly Attribute[],
  chosen: Readonly<Record<string, string>>,
  language: Language,
): string[] {
  return attributes
    .map(({ name, values }) => wordOf(values, chosen[name] ?? "", language))
    .filter((word) => word !== "");
}
