import type { catalogues } from "@/i18n";
import keptReasons from "./keptReasons.json";
import warnings from "./warnings.json";

type Catalogue = (typeof catalogues)["en"];
type Words = Catalogue["reading"];

/** What reasons name. */
type Value =
  | "syntax"
  | "bits"
  | "samples"
  | "photometric"
  | "said"
  | "coding"
  | "size"
  | "status"
  | "there"
  | "needed"
  | "found"
  | "declared";
type Values = Readonly<Partial<Record<Value, string>>>;

/** Reasons are recorded once, in English, with the object; here they get a key for the catalogues. Pure. */
export interface Reason<Key extends string> {
  /** `other` where the words are not known. */
  readonly key: Key | "other";
  readonly values: Values;
  /** As recorded. */
  readonly raw: string;
}
export type KeptReason = Reason<keyof Words["keptBecause"]>;
export type FailureReason = Reason<keyof Words["failedBecause"]>;
export type Warning = Reason<keyof Catalogue["gateways"]["warning"]>;

type Row<Key> = readonly [key: Key, words: string];

/** What the page's own workers and the hub's answers say of a frame that cannot be shown. */
const FAILURES: readonly Row<FailureReason["key"]>[] = [
  ["noRight", "HTTP 403"],
  ["gone", "HTTP 404"],
  ["gone", "HTTP 410"],
  ["notDecodable", "HTTP 406"],
  ["tooLong", "HTTP 502"],
  ["status", "HTTP {status}"],
  ["noDecoder", "no decoder for {coding} in the browser"],
  ["samples", "samples per pixel differ from the header"],
  ["tooShort", "{there} bytes where {needed} are needed"],
  ["size", "decoded {found}, header says {declared}"],
  ["decoder", "codec exception {said}"],
  ["decoder", "decode worker: {said}"],
];

const pattern = (words: string): RegExp =>
  new RegExp(`^${words.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&").replaceAll(/\{(\w+)\}/g, "(?<$1>.+)")}$`, "s");

type Pattern<Key> = readonly [key: Key, words: RegExp];

const patterns = <Key>(rows: readonly Row<Key>[]): Pattern<Key>[] => rows.map(([key, words]) => [key, pattern(words)]);

function reasonIn<Key extends string>(rows: readonly Pattern<Key>[], raw: string): Reason<Key> {
  for (const [key, words] of rows) {
    const found = words.exec(raw);
    if (found !== null) return { key, values: { ...found.groups }, raw };
  }
  return { key: "other", values: {}, raw };
}

const KEPT = patterns(keptReasons as unknown as readonly Row<KeptReason["key"]>[]);
const FAILED = patterns(FAILURES);
const WARNINGS = patterns(warnings as unknown as readonly Row<Warning["key"]>[]);

/** Why an object kept the encoding in which it came. */
export const keptReason = (raw: string): KeptReason => reasonIn(KEPT, raw);

/** What is behind a frame's failure. */
export const failureReason = (raw: string): FailureReason => reasonIn(FAILED, raw);

/** What was odd about an object as it came to its gateway. */
export const warning = (raw: string): Warning => reasonIn(WARNINGS, raw);

/** The hub's sentence on frames that it cannot decode ends with the reason. */
export const undecodableReason = (raw: string): KeptReason =>
  keptReason(raw.replace(/^.* cannot be decoded here: /, ""));
