/** What is asked of the trail, as it stands in the page's address: identifiers and days alone, never a patient's data. */

import type { AuditGroup } from "@/api/types";

export const GROUPS = [
  "sign_in",
  "images",
  "cases",
  "requests",
  "reports",
  "messages",
  "people",
  "sites",
  "upkeep",
  "audit",
  "alerts",
  "other",
] as const satisfies readonly AuditGroup[];

export interface Filters {
  /** Days where Japan's clocks stand, the second one included. */
  readonly since: string;
  readonly until: string;
  /** A person's id. */
  readonly person: string;
  readonly site: string;
  readonly study: string;
  /** Every study of the patient whose study this is. */
  readonly patient: boolean;
  readonly group: AuditGroup | "";
}

export const NO_FILTERS: Filters = {
  since: "",
  until: "",
  person: "",
  site: "",
  study: "",
  patient: false,
  group: "",
};

const DAY = /^\d{4}-\d{2}-\d{2}$/u;
const ID = /^[0-9a-f]{32}$/u;
const UID = /^[0-9.]{1,64}$/u;
const SLUG = /^[a-z0-9-]{1,64}$/u;

const fitting = (value: string | null, shape: RegExp): string => (value !== null && shape.test(value) ? value : "");

/** Reads an address; what does not fit is not asked for. */
export function filtersOf(search: URLSearchParams): Filters {
  const site = fitting(search.get("site"), SLUG);
  const study = site ? fitting(search.get("study"), UID) : "";
  return {
    since: fitting(search.get("since"), DAY),
    until: fitting(search.get("until"), DAY),
    person: fitting(search.get("person"), ID),
    site,
    study,
    patient: study !== "" && search.get("patient") === "1",
    group: GROUPS.find((known) => known === search.get("group")) ?? "",
  };
}

/** The address of these filters, without what is not asked for. */
export function addressOf(filters: Filters): string {
  const search = new URLSearchParams();
  for (const name of ["since", "until", "person", "site", "study", "group"] as const) {
    if (filters[name]) search.set(name, filters[name]);
  }
  if (filters.patient) search.set("patient", "1");
  const text = search.toString();
  return text ? `/audit?${text}` : "/audit";
}

const JAPAN = "+09:00";

function dayAfter(day: string): string {
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}

const isDay = (day: string): boolean => !Number.isNaN(Date.parse(`${day}T00:00:00Z`));

/** What the hub is asked: instants from the first day's beginning to the last day's end. */
export function questionOf(filters: Filters): URLSearchParams {
  const asked = new URLSearchParams();
  if (isDay(filters.since)) asked.set("since", `${filters.since}T00:00:00${JAPAN}`);
  if (isDay(filters.until)) asked.set("until", `${dayAfter(filters.until)}T00:00:00${JAPAN}`);
  if (filters.person) asked.set("actor", `person:${filters.person}`);
  if (filters.site) asked.set("site_id", filters.site);
  if (filters.study) asked.set("study", filters.study);
  if (filters.patient) asked.set("whole_patient", "true");
  if (filters.group) asked.set("group", filters.group);
  return asked;
}

/** An entry's details by name, as text; what is not an object stands whole. */
export function detailsOf(text: string): readonly (readonly [string, string])[] {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return [["", text]];
  }
  if (typeof read !== "object" || read === null) return [["", text]];
  return Object.entries(read).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
}
