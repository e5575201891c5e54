import type { PaperRule } from "@/api/types";

/** What a paper may be. */
export const KINDS = ["request_form", "questionnaire", "findings_form", "schema", "other"] as const;

export const knownKind = (text: string): PaperRule["kind"] => KINDS.find((kind) => kind === text) ?? "other";

/** Words as they stand in a field, and out of it: commas of both widths part them. */
export const spelled = (words: readonly string[]): string => words.join("、");
export const listed = (text: string): string[] =>
  text
    .split(/[,、，]/)
    .map((word) => word.trim())
    .filter(Boolean);
