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

/** What was found, and by which method where two stand in one report. */
export function kindWord(form: ReportForm, kind: string, language: Language): string {
  const found = kindOf(form, kind);
  if (found === undefined) return kind;
  if (form.form?.methods.length === 1) return found[language];
  return language === "ja" ? `${found.ja}（${found.method}）` : `${found.en} (${found.method})`;
}

/** Where a finding of this kind may be, list by list. */
export const placesOf = (form: ReportForm, kind: string): readonly Attribute[] =>
  form.places.filter(({ name }) => kindOf(form, kind)?.places.includes(name));

/** Every word of a form in one language, for whoever has to expect them. */
export function wordsOf({ form, places, comparisons, recommendations }: ReportForm, language: Language): string[] {
  const lists = [...places, ...(form?.facts ?? []), ...(form?.kinds ?? []).flatMap(({ attributes }) => attributes)];
  const words = [...(form?.kinds ?? []), ...lists.flatMap(({ values }) => values), ...comparisons, ...recommendations];
  return [...new Set(words.map((word) => word[language]))];
}

/** A list with the centre's own words that a report uses, offered still or not. */
export const withOwn = ({ values }: Pick<Attribute, "values">, chosen: string, own: Own): Attribute["values"] => {
  const word = own[chosen];
  if (word === undefined || values.some(({ value }) => value === chosen)) return values;
  return [...values, { value: chosen, ja: word["ja"] ?? "", en: word["en"] ?? "" }];
};

export type Own = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Whether a list or a figure is asked in a report whose facts are these, as its purpose or its side. */
export const isAsked = ({ when }: Pick<Attribute, "when">, facts: Readonly<Record<string, string>>): boolean =>
  Object.entries(when ?? {}).every(([name, values]) => values.includes(facts[name] ?? ""));

/** One chosen word, the centre's own ones among them. */
export const chosenWord = (values: Attribute["values"], chosen: string, language: Language, own: Own): string =>
  wordOf(withOwn({ values }, chosen, own), chosen, language);

/** The chosen words of several lists, in the order of the lists. */
export function chosenWords(
  attributes: readonly Attribute[],
  chosen: Readonly<Record<string, string>>,
  language: Language,
  own: Own = {},
): string[] {
  return attributes
    .map((one) => {
      const value = chosen[one.name] ?? "";
      if (one.number && value !== "") return `${one[language]} ${value} ${one.number.shown}`;
      return chosenWord(one.values, value, language, own);
    })
    .filter((word) => word !== "");
}
