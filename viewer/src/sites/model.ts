/** Contracts and contacts as the pages hold them while they are written; pure. */

import type { ContractTerms, ContractVersion, SiteContact, SiteContactText } from "@/api/types";

export const HOURS = ["weekday", "night", "holiday"] as const;
export const KINDS = ["screening", "diagnostic", "second_reading", "consultation"] as const;
export const PRIORITIES = ["routine", "high", "urgent"] as const;
export const UNITS = ["working_days", "hours"] as const;
export const DUTIES = ["director", "imaging", "information", "other"] as const;
export const STANDARDS = [
  "devices_adequate",
  "named_receiver",
  "no_outsourcing",
  "full_time_radiologist",
  "confirmed_on",
] as const;

export type Hours = (typeof HOURS)[number];
export type Kind = (typeof KINDS)[number];
export type Priority = (typeof PRIORITIES)[number];
export type Unit = (typeof UNITS)[number];
export type Duty = (typeof DUTIES)[number];

/** A turnaround as it is typed: empty where none is agreed. */
export interface TypedTurnaround {
  readonly amount: string;
  readonly unit: Unit;
}

/** A contract as it is typed. */
export interface ContractDraft {
  readonly valid_from: string;
  readonly valid_until: string;
  readonly modalities: string;
  readonly kinds: readonly Kind[];
  readonly turnarounds: Readonly<Record<Priority, TypedTurnaround>>;
  readonly fee: string;
  readonly responsibility: string;
  readonly insurance: string;
  readonly note: string;
}

const none: TypedTurnaround = { amount: "", unit: "working_days" };

export const emptyContract: ContractDraft = {
  valid_from: "",
  valid_until: "",
  modalities: "",
  kinds: [],
  turnarounds: { routine: none, high: none, urgent: { amount: "", unit: "hours" } },
  fee: "",
  responsibility: "",
  insurance: "",
  note: "",
};

/** A version as it would be typed. */
export function draftOfVersion(version: ContractVersion): ContractDraft {
  const typed = (priority: Priority): TypedTurnaround => {
    const found = version.turnarounds.find((one) => one.priority === priority);
    return found === undefined
      ? emptyContract.turnarounds[priority]
      : { amount: String(found.amount), unit: found.unit };
  };
  return {
    valid_from: version.valid_from ?? "",
    valid_until: version.valid_until ?? "",
    modalities: version.modalities.join(", "),
    kinds: version.kinds,
    turnarounds: { routine: typed("routine"), high: typed("high"), urgent: typed("urgent") },
    fee: version.fee,
    responsibility: version.responsibility,
    insurance: version.insurance,
    note: version.note,
  };
}

/** Modalities as DICOM writes them, whatever stood between them. */
export const modalitiesOf = (typed: string): string[] => [
  ...new Set(
    typed
      .normalize("NFKC")
      .toUpperCase()
      .split(/[\s,、・/]+/u)
      .filter(Boolean),
  ),
];

/** A draft as the hub takes it. */
export function termsOf(draft: ContractDraft): ContractTerms {
  return {
    valid_from: draft.valid_from || null,
    valid_until: draft.valid_until || null,
    modalities: modalitiesOf(draft.modalities),
    kinds: [...draft.kinds],
    turnarounds: PRIORITIES.flatMap((priority) => {
      const { amount, unit } = draft.turnarounds[priority];
      const number = amount.normalize("NFKC").trim();
      return number === "" ? [] : [{ priority, amount: Number(number), unit }];
    }),
    fee: draft.fee.trim(),
    responsibility: draft.responsibility.trim(),
    insurance: draft.insurance.trim(),
    note: draft.note.trim(),
  };
}

/** Which parts two versions differ in, for the list of versions. */
export function changedParts(version: ContractVersion, before: ContractVersion | undefined): (keyof ContractVersion)[] {
  if (before === undefined) return [];
  const parts = [
    "valid_from",
    "valid_until",
    "terminated_on",
    "modalities",
    "kinds",
    "turnarounds",
    "fee",
    "responsibility",
    "insurance",
    "note",
  ] as const;
  return parts.filter((part) => JSON.stringify(version[part]) !== JSON.stringify(before[part]));
}

export const emptyContact = (hours: Hours, position: number): SiteContactText => ({
  hours,
  position,
  name: "",
  role: "",
  telephone: "",
  alternate: "",
  note: "",
});

export const contactText = ({
  hours,
  position,
  name,
  role,
  telephone,
  alternate,
  note,
}: SiteContact): SiteContactText => ({
  hours,
  position,
  name,
  role,
  telephone,
  alternate,
  note,
});

/** The contacts of some hours in the order in which they are called. */
export const ofHours = (contacts: readonly SiteContact[], hours: Hours): SiteContact[] =>
  contacts.filter((one) => one.hours === hours).sort((one, other) => one.position - other.position);

/** A telephone number as a link dials it. */
export const dialled = (telephone: string): string =>
  telephone.replace(/(?:内線|PHS|ext\.?).*$/u, "").replace(/[^0-9+*#,;]/gu, "");

const OUTSIDE: Readonly<Record<string, "day" | "modality" | "kind">> = {
  "ORC-1 207": "day",
  "OBR-24 103": "modality",
  "OBR-46 103": "kind",
};

/** Where and how a gateway refuses an order that no contract covers: what of it is outside; null for any other fault. */
export const outsideContract = (location: string, condition: number): "day" | "modality" | "kind" | null =>
  OUTSIDE[`${location} ${String(condition)}`] ?? null;
