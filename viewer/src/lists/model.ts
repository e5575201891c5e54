/** Phrases as a report takes them up, and lists that are put in order; pure. */
import type { Phrase } from "@/api/types";

interface Texts {
  readonly findings: string;
  readonly impression: string;
}

/** Those for the form in hand, as they are numbered: what names no form is for each. */
export const offeredFor = (phrases: readonly Phrase[], methods: readonly string[]): Phrase[] =>
  phrases.filter((one) => one.method === "" || methods.includes(one.method));

/** The text with a phrase at the cursor; a line of its own where the cursor stands in no line. */
export function inserted(text: string, phrase: string, from: number, to: number): { text: string; cursor: number } {
  const before = text.slice(0, from);
  const after = text.slice(to);
  return { text: before + phrase + after, cursor: before.length + phrase.length };
}

/** The texts with a template in them: an empty one is filled, a written one is kept and added to. */
export function withTemplate(texts: Texts, template: Texts): Texts {
  const joined = (there: string, more: string): string => {
    if (more.trim() === "" || there.includes(more.trim())) return there;
    return there.trim() === "" ? more : `${there.trimEnd()}\n${more}`;
  };
  return {
    findings: joined(texts.findings, template.findings),
    impression: joined(texts.impression, template.impression),
  };
}

/** The order with one entry a place up (-1) or down (1). */
export function moved(ids: readonly string[], id: string, by: -1 | 1): string[] {
  const from = ids.indexOf(id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= ids.length) return [...ids];
  const order = ids.filter((one) => one !== id);
  order.splice(to, 0, id);
  return order;
}
