/** One finding as a sentence, in both languages; pure. What the reader then writes into it stays. */
import type { TFunction } from "i18next";
import type { Finding, ReportForm } from "@/api/types";
import { type Language } from "@/i18n";
import { chosenWords, kindOf, kindWord, placesOf, wordOf } from "./words";

export type Sentences = Readonly<Record<Language, string>>;
export type Translate = Readonly<Record<Language, TFunction<("structured" | "report")[]>>>;

/** The sentence that the fields make, in each language. */
export function sentencesOf(form: ReportForm, finding: Finding, translate: Translate): Sentences {
  return { ja: sentence(form, finding, "ja", translate.ja), en: sentence(form, finding, "en", translate.en) };
}

function sentence(
  form: ReportForm,
  finding: Finding,
  language: Language,
  t: TFunction<("structured" | "report")[]>,
): string {
  const kind = kindOf(form, finding.kind);
  const word = kindWord(form, finding.kind, language);
  const separator = language === "ja" ? "、" : ", ";
  const place = chosenWords(placesOf(form, finding.kind), finding.place, language).join(
    language === "ja" ? "・" : ", ",
  );
  const described = [
    ...(finding.size_mm.length > 0 ? [t("structured:text.size", { size: finding.size_mm.join("×") })] : []),
    ...chosenWords(kind?.attributes ?? [], finding.descriptors, language),
  ].join(separator);
  const values = {
    side: t(finding.side === "right" ? "structured:text.right" : "structured:text.left"),
    place: place === "" ? "" : t("structured:text.place", { place }),
    described: described === "" ? "" : t("structured:text.described", { described }),
    kind: language === "ja" ? word : lowered(word),
  };
  const compared = wordOf(form.comparisons, finding.comparison, language);
  const distance = finding.distance_mm;
  return [
    t("structured:text.finding", values),
    distance === null ? "" : t("structured:text.distance", { distance }),
    compared === "" ? "" : t("structured:text.compared", { compared }),
  ].join("");
}

/** In the middle of a sentence; an abbreviation stays one. */
const lowered = (text: string): string =>
  /^\p{Lu}{2}/u.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1);

/** The text with a finding's sentence drawn anew; where the reader has written something else, it is left alone. */
export function redrawn(text: string, before: Sentences | null, after: Sentences | null, language: Language): string {
  if (before === null) return after === null ? text : appended(text, after[language]);
  const found = ([language, language === "ja" ? "en" : "ja"] as const).find((one) => text.includes(before[one]));
  if (found === undefined) return text;
  return after === null ? withoutLine(text, before[found]) : text.replace(before[found], () => after[found]);
}

const appended = (text: string, line: string): string => (text.trim() === "" ? line : `${text.trimEnd()}\n${line}`);

function withoutLine(text: string, sentenceThere: string): string {
  const kept = text.split("\n").flatMap((line) => {
    const rest = line.replace(sentenceThere, "");
    return rest === "" && line !== "" ? [] : [rest];
  });
  return kept.join("\n");
}
