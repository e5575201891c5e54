/** What a reader writes, and what may be said about it before it is signed; pure. */
import type { Answer, Check, ImageRead, Report, Structure, WorklistItem } from "@/api/types";
import { isBlocked, isClosed as isDone } from "@/worklist/model";

export interface Draft {
  readonly findings: string;
  readonly impression: string;
  readonly category_right: string;
  readonly category_left: string;
  readonly structure: Structure;
  readonly answers: readonly Answer[];
}

export const NO_STRUCTURE: Structure = {
  method: "",
  scale: "",
  facts: {},
  findings: [],
  recommendation: "",
  lexicon: "",
  own: {},
};

/** A clerk enters for a physician (REC-04): without the reading role, and only as long as no reader has the case. */
export function mayEnter(item: WorklistItem, permissions: readonly string[]): boolean {
  const enters = permissions.includes("report.write") && !permissions.includes("worklist.claim");
  const free = item.readings.length === 1 && item.locked_by === null;
  return enters && free && !isDone(item) && !isBlocked(item);
}

/** Where there is no form: mammography's categories, as the Japanese guideline has them. */
export const CATEGORIES: readonly string[] = ["1", "2", "3-1", "3-2", "4", "5", "N-1", "N-2"];

/** Every category that a report may carry, those of other methods too. */
const MEANINGS = ["0", "1", "2", "3", "3-1", "3-2", "4", "5", "N", "N-1", "N-2", "NA"] as const;

/** The catalogue's key for a category. */
export function knownCategory(value: string): (typeof MEANINGS)[number] | "none" {
  return MEANINGS.find((category) => category === value) ?? "none";
}

export const EMPTY_DRAFT: Draft = {
  findings: "",
  impression: "",
  category_right: "",
  category_left: "",
  structure: NO_STRUCTURE,
  answers: [],
};

export function draftOf(report: Report | null | undefined): Draft {
  if (!report) return EMPTY_DRAFT;
  const { findings, impression, category_right, category_left, structure, answers } = report;
  return { findings, impression, category_right, category_left, structure, answers };
}

/** Its free text, to be read and copied. */
export const writtenIn = ({ findings, impression }: Draft): string =>
  [findings, impression].filter((text) => text !== "").join("\n\n");

/** Whether two say the same: the hub gives back its own order of fields and answers, and names the lists it is from. */
export function sameDraft(one: Draft, other: Draft): boolean {
  return (
    one.findings === other.findings &&
    one.impression === other.impression &&
    one.category_right === other.category_right &&
    one.category_left === other.category_left &&
    sameValue(one.structure, other.structure, typedFields) &&
    sameValue(one.answers, other.answers, inOrder)
  );
}

const sameValue = <T>(one: T, other: T, typed: (value: T) => unknown): boolean =>
  one === other || ordered(typed(one)) === ordered(typed(other));

/** Which lists the words are from, and the centre's own ones, is the hub's to say. */
const typedFields = (structure: Structure): Partial<Structure> => ({ ...structure, lexicon: "", own: {} });

const inOrder = (answers: readonly Answer[]): readonly Answer[] =>
  answers.toSorted((one, other) => (keyOfCheck(one) < keyOfCheck(other) ? -1 : 1));

/** As JSON, the same whichever way round its fields were filled in. */
const ordered = (value: unknown): string =>
  JSON.stringify(value, (_name, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );

/** Category 3 and above asks for work-up (要精検); with BI-RADS 3 is watched, and 0 is open. */
export function needsWorkUp(category: string, scale = ""): boolean {
  return scale === "birads" ? /^(0|4|5)/u.test(category) : /^[345]/u.test(category);
}

/** What is still neither mended nor answered. */
export function openChecks(checks: readonly Check[], answers: readonly Answer[]): Check[] {
  const answered = new Set(answers.filter(({ reason }) => reason.trim() !== "").map(keyOfCheck));
  return checks.filter((check) => !check.answerable || !answered.has(keyOfCheck(check)));
}

export const keyOfCheck = ({ check, about }: { readonly check: string; readonly about: string }): string =>
  `${check} ${about}`;

export function isClosed(status: string): boolean {
  return status === "final" || status === "amended" || status === "withdrawn";
}

/** What was read before and what was read now, each image once, the later proof kept (REC-15). */
export function unionOfImages(before: readonly ImageRead[], now: readonly ImageRead[]): ImageRead[] {
  const byImage = new Map<string, ImageRead>();
  for (const image of [...before, ...now]) byImage.set(`${image.sop_instance_uid}#${image.frame}`, image);
  return [...byImage.values()];
}

export const GAPS = ["findings", "impression", "category_right", "category_left", "images"] as const;
export type Gap = (typeof GAPS)[number];

/** A category as it is shown; the code of "not applicable" is nobody's word. */
export function categoryMark(category: string): string {
  return category === "NA" ? "N/A" : category || "–";
}

/** Without images that were read, without a word, or with a breast left open, the hub refuses to sign. */
export function isSignable(draft: Draft, imagesRead: number): boolean {
  const decided = draft.category_right !== "" && draft.category_left !== "";
  return decided && imagesRead > 0 && (draft.findings.trim() !== "" || draft.impression.trim() !== "");
}

/** What is still empty: named before signing, so that nothing is forgotten. */
export function gapsOf(draft: Draft, imagesRead: number): Gap[] {
  const gaps: Gap[] = [];
  if (!draft.findings.trim()) gaps.push("findings");
  if (!draft.impression.trim()) gaps.push("impression");
  if (!draft.category_right) gaps.push("category_right");
  if (!draft.category_left) gaps.push("category_left");
  if (imagesRead === 0) gaps.push("images");
  return gaps;
}
