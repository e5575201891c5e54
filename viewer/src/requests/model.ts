/** What somebody asks for, what is still missing, and how requests are ordered and found; pure. */
import { fold } from "@/worklist/model";
import { readDay, typedDay } from "./days";
import type { Clinical, ReadingRequest, RequestIn, RequestState } from "./shapes";

export const STATES = ["waiting", "proposed", "mismatch", "matched", "canceled"] as const satisfies RequestState[];
export const TABS = ["all", ...STATES] as const;
export type Tab = (typeof TABS)[number];

export const isTab = (text: string | null): text is Tab => (TABS as readonly (string | null)[]).includes(text);

export const LONGEST_TEXT = 4000;

const EMPTY_CLINICAL: Clinical = {
  reason: "",
  question: "",
  symptoms: [],
  history: "",
  surgeries: [],
  pathology: "",
  family_history: [],
  gene: "unknown",
  gene_note: "",
  menstruation: "unknown",
  last_period: "",
  hormone_therapy: "",
  implants: "unknown",
  pregnancy: "unknown",
  prior_examinations: "",
  note: "",
};

/** A request as it is typed: days stand as they were written until they are placed. */
export type Draft = RequestIn;

export const emptyDraft = (examinationDate: string): Draft => ({
  priority: "routine",
  due_at: null,
  accession_number: "",
  issuer_of_accession_number: "",
  placer_order_number: "",
  patient: {
    patient_id: "",
    issuer_of_patient_id: "",
    name: { alphabetic: "", ideographic: "", phonetic: "" },
    birth_date: "",
    sex: "",
  },
  modality: "MG",
  kind: "",
  examination_date: examinationDate,
  procedure: { value: "", scheme: "", meaning: "" },
  requesting_physician: "",
  requesting_department: "",
  clinical: EMPTY_CLINICAL,
});

export const SEXES = ["F", "M", "O"] as const;

/** What of a request somebody may change, as it would be typed. */
export const draftOf = (request: ReadingRequest): Draft => ({
  priority: request.priority,
  due_at: request.due_at,
  accession_number: request.accession_number,
  issuer_of_accession_number: request.issuer_of_accession_number,
  placer_order_number: request.placer_order_number,
  patient: {
    ...request.patient,
    name: {
      alphabetic: typedName(request.patient.name.alphabetic),
      ideographic: typedName(request.patient.name.ideographic),
      phonetic: typedName(request.patient.name.phonetic),
    },
    birth_date: typedDay(request.patient.birth_date),
    sex: SEXES.find((sex) => sex === request.patient.sex) ?? "",
  },
  modality: request.modality,
  kind: request.kind,
  examination_date: typedDay(request.examination_date),
  procedure: request.procedure,
  requesting_physician: request.requesting_physician,
  requesting_department: request.requesting_department,
  clinical: { ...request.clinical, last_period: typedDay(request.clinical.last_period) },
});

/** The patient and what was before, out of the last request; why it is asked this time is new. */
export function takenOver(draft: Draft, last: ReadingRequest): Draft {
  const before = draftOf(last);
  const { history, surgeries, pathology, family_history, gene, gene_note, hormone_therapy, implants } = before.clinical;
  const kept = { history, surgeries, pathology, family_history, gene, gene_note, hormone_therapy, implants };
  return {
    ...draft,
    patient: before.patient,
    requesting_physician: draft.requesting_physician || before.requesting_physician,
    requesting_department: draft.requesting_department || before.requesting_department,
    clinical: { ...draft.clinical, ...kept },
  };
}

/** The newest request of the patient whose number is typed; null where there is none, or where it was taken over. */
export function knownBefore(draft: Draft, requests: readonly ReadingRequest[]): ReadingRequest | null {
  const number = asPlaced(draft).patient.patient_id;
  const [last] = requests
    .filter(({ patient }) => number !== "" && patient.patient_id === number)
    .sort((one, other) => instant(other.placed_at) - instant(one.placed_at));
  return last === undefined || sameDraft(takenOver(draft, last), draft) ? null : last;
}

/** Its free text, to be read and copied. */
export const writtenIn = ({ clinical: { reason, question, history, pathology, note } }: Draft): string =>
  [reason, question, history, pathology, note].filter((text) => text !== "").join("\n\n");

export const sameDraft = (one: Draft, other: Draft): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other);

const KANA = /[\u3041-\u3096]/gu;

/** Kana as hospitals write them: full-width katakana, whatever was typed (half width, hiragana). */
export const katakana = (text: string): string =>
  text.normalize("NFKC").replace(KANA, (kana) => String.fromCharCode(kana.charCodeAt(0) + 0x60));

/** 山田 花子 as DICOM's 山田^花子 (PS3.5 6.2.1): the first gap parts family and given name. */
export const componentsOf = (typed: string): string =>
  typed
    .trim()
    .replace(/[\s^]+/u, "^")
    .replace(/\s+/gu, " ");

/** And back; a gap that is just being typed stays. */
export const typedName = (group: string): string => group.split("^").join(" ");

/** A draft as the hub takes it: days read, names in their components, lines that say nothing left out. */
export function asPlaced(draft: Draft): RequestIn {
  const { patient, clinical } = draft;
  const day = (typed: string): string => readDay(typed) ?? "";
  return {
    ...draft,
    accession_number: draft.accession_number.trim(),
    patient: {
      ...patient,
      patient_id: patient.patient_id.normalize("NFKC").trim(),
      name: {
        ideographic: componentsOf(patient.name.ideographic),
        phonetic: componentsOf(katakana(patient.name.phonetic)),
        alphabetic: componentsOf(patient.name.alphabetic.normalize("NFKC")),
      },
      birth_date: day(patient.birth_date),
    },
    examination_date: day(draft.examination_date),
    clinical: {
      ...clinical,
      last_period: day(clinical.last_period),
      surgeries: clinical.surgeries.filter(({ kind, year, note }) => kind.trim() || year !== null || note.trim()),
      family_history: clinical.family_history.filter(({ relation, age }) => relation.trim() || age !== null),
    },
  };
}

export const GAPS = [
  "site",
  "patient_id",
  "name",
  "birth_date_missing",
  "birth_date",
  "birth_date_future",
  "modality",
  "examination_date",
  "reason",
  "due_past",
  "year",
  "last_period",
  "too_long",
] as const;
export type Gap = (typeof GAPS)[number];

interface Circumstances {
  readonly siteId: string;
  /** Today, YYYYMMDD. */
  readonly today: string;
  readonly now: number;
  /** A request that was placed may be past its due time by now. */
  readonly placed?: boolean;
}

function birthGap(typed: string, today: string): Gap | null {
  if (!typed.trim()) return "birth_date_missing";
  const day = readDay(typed);
  if (day === null) return "birth_date";
  return day > today ? "birth_date_future" : null;
}

const textsOf = (value: unknown): string[] => {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
};

/** What is missing or cannot be before a request may be placed, in the order of the page. */
export function gapsOf(draft: Draft, { siteId, today, now, placed = false }: Circumstances): Gap[] {
  const { patient, clinical } = draft;
  const names = Object.values(patient.name).some((group) => group.trim() !== "");
  const due = draft.due_at === null ? Number.POSITIVE_INFINITY : Date.parse(draft.due_at);
  const gaps: (Gap | null | false)[] = [
    !siteId && "site",
    !patient.patient_id.trim() && "patient_id",
    !names && "name",
    birthGap(patient.birth_date, today),
    !draft.modality.trim() && "modality",
    readDay(draft.examination_date) === null && "examination_date",
    !placed && due < now && "due_past",
    !clinical.reason.trim() && "reason",
    clinical.surgeries.some(({ year }) => year !== null && (year < 1900 || year > Number(today.slice(0, 4)))) && "year",
    clinical.last_period.trim() !== "" && readDay(clinical.last_period) === null && "last_period",
    textsOf(draft).some((text) => text.length > LONGEST_TEXT) && "too_long",
  ];
  return gaps.filter((gap) => gap !== null && gap !== false);
}

const NEED: Readonly<Record<RequestState, number>> = { mismatch: 0, proposed: 1, waiting: 2, matched: 3, canceled: 4 };

const instant = (text: string | null): number => (text === null ? Number.MAX_SAFE_INTEGER : Date.parse(text));

/** What a person must look at first, then by due time, then the newest. */
export const byNeed = (requests: readonly ReadingRequest[]): ReadingRequest[] =>
  [...requests].sort(
    (one, other) =>
      NEED[one.state] - NEED[other.state] ||
      instant(one.due_at) - instant(other.due_at) ||
      instant(other.placed_at) - instant(one.placed_at) ||
      one.request_id.localeCompare(other.request_id),
  );

function searchable(request: ReadingRequest): string {
  const { patient } = request;
  const parts = [
    patient.name.ideographic,
    patient.name.phonetic,
    patient.name.alphabetic,
    patient.patient_id,
    request.accession_number,
    request.placer_order_number,
    request.clinical.reason,
    request.procedure.meaning,
    request.modality,
    request.requesting_physician,
    request.requesting_department,
    request.site_name,
  ];
  return fold(parts.filter(Boolean).join(" "));
}

export function found(requests: readonly ReadingRequest[], text: string): ReadingRequest[] {
  const words = fold(text).trim().split(" ").filter(Boolean);
  return requests.filter((request) => {
    const within = searchable(request);
    return words.every((word) => within.includes(word));
  });
}

/** Those of the list that fit, and what the hub has found beyond it, which knows more spellings of a name. */
export function withFound(
  requests: readonly ReadingRequest[],
  text: string,
  older: readonly ReadingRequest[] = [],
): readonly ReadingRequest[] {
  const fit = found(requests, text);
  const known = new Set(fit.map(({ request_id }) => request_id));
  return text.trim() === "" ? fit : [...fit, ...older.filter(({ request_id }) => !known.has(request_id))];
}

const MEDIA_TYPES = ["application/pdf", "image/png", "image/jpeg"] as const;

/** The hub takes no more in one piece. */
export const LARGEST_FILE = 12 * 1024 * 1024;

export const REFUSALS = ["kind", "size"] as const;
export type Refusal = (typeof REFUSALS)[number];

/** Why the hub would not take a file beside a request; null where it would. */
export function refusalOf({ type, size }: Pick<File, "type" | "size">): Refusal | null {
  if (!MEDIA_TYPES.some((known) => known === type)) return "kind";
  return size > LARGEST_FILE ? "size" : null;
}

export const ATTACHABLE = MEDIA_TYPES.join(",");
