import { ApiProblem } from "@/api/client";
import { currentLanguage, type Language } from "@/i18n";

/** The problems that have words of their own in the catalogues (`ui:problem.*`); the hub's code is after `urn:dokuei:problem:`. */
export const PROBLEMS = [
  "unreachable",
  "not_signed_in",
  "forbidden",
  "outside_contract",
  "not_found",
  "display_invalid",
  "display_changed",
  "conflict",
  "bad_request",
  "disk_full",
  "signature",
  "unproved",
  "too_many",
  "internal",
] as const;
export type ProblemKey = (typeof PROBLEMS)[number];

export interface ProblemWords {
  readonly key: ProblemKey;
  readonly phase: string;
  readonly detail: string;
  readonly remedy: string;
  /** The language that detail and remedy are in: this page's own, or English where the hub has no other words. */
  readonly language: Language;
}

const BY_STATUS: Readonly<Record<number, ProblemKey>> = {
  400: "bad_request",
  401: "not_signed_in",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  412: "conflict",
  413: "bad_request",
  415: "bad_request",
  422: "bad_request",
  429: "too_many",
  502: "unreachable",
  503: "unreachable",
  504: "unreachable",
  507: "disk_full",
};

function keyOf({ problem, status }: ApiProblem): ProblemKey {
  const code = problem.type.replace("urn:dokuei:problem:", "").replaceAll("-", "_");
  return PROBLEMS.find((known) => known === code) ?? BY_STATUS[status] ?? "internal";
}

const word = (value: unknown): string => (typeof value === "string" ? value : "");

/** Which words of ours stand for an error, and what the hub itself said. */
export function problemWords(error: unknown): ProblemWords {
  if (!(error instanceof ApiProblem)) {
    return { key: "unreachable", phase: "", detail: "", remedy: "", language: currentLanguage() };
  }
  const { problem } = error;
  const own = currentLanguage();
  const detail = word(problem[`detail_${own}`]);
  return {
    key: keyOf(error),
    phase: word(problem["phase"]),
    detail: detail || word(problem.detail) || problem.title,
    remedy: word(problem[`remedy_${own}`]) || word(problem["remedy"]),
    language: detail === "" ? "en" : own,
  };
}
