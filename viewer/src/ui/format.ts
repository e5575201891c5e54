/** How instants, dates, names, amounts and durations are written; pure, so that every page writes them alike. */

import type { Language } from "@/i18n";

export type DateStyle = "iso" | "wareki";

export interface PersonName {
  readonly alphabetic?: string | null;
  readonly ideographic?: string | null;
  readonly phonetic?: string | null;
}

/** A calendar day without a clock or zone, as DICOM's DA and a birth date mean it. */
export interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const DAY = /^(\d{4})-?(\d{2})-?(\d{2})/;

/** Reads `20261123` (DICOM DA) and `2026-11-23…` (ISO 8601); anything else is no day. */
export function parseDay(text: string | null | undefined): Day | null {
  const found = DAY.exec(text ?? "");
  if (!found) return null;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? { year, month, day } : null;
}

const two = (value: number): string => String(value).padStart(2, "0");

const WAREKI = new Intl.DateTimeFormat("ja-JP-u-ca-japanese", {
  era: "long",
  year: "numeric",
  month: "numeric",
  day: "numeric",
  timeZone: "UTC",
});

/** 令和8年11月23日: era, year, month and day with the characters that separate them on paper. */
function wareki({ year, month, day }: Day): string {
  const parts = WAREKI.formatToParts(new Date(Date.UTC(year, month - 1, day)));
  const part = (type: string): string => parts.find((candidate) => candidate.type === type)?.value ?? "";
  const first = part("year") === "1" ? "元" : part("year");
  return `${part("era")}${first}年${part("month")}月${part("day")}日`;
}

const ERA_LETTER = new Intl.DateTimeFormat("ja-JP-u-ca-japanese", { era: "narrow", year: "numeric", timeZone: "UTC" });

/** R8.11.23: as lists and forms have it, where the long form does not fit. */
function shortWareki(day: Day): string {
  const parts = ERA_LETTER.formatToParts(new Date(Date.UTC(day.year, day.month - 1, day.day)));
  const part = (type: string): string => parts.find((candidate) => candidate.type === type)?.value ?? "";
  const year = part("year") === "元" ? "1" : part("year").replace(/\D/gu, "");
  return `${part("era")}${year}.${two(day.month)}.${two(day.day)}`;
}

export function formatDay(day: Day | null, style: DateStyle, { short = false }: { short?: boolean } = {}): string {
  if (!day) return "";
  if (style === "wareki" && short) return shortWareki(day);
  return style === "wareki" ? wareki(day) : `${day.year}-${two(day.month)}-${two(day.day)}`;
}

/** The day on which an instant falls in a zone; the zone of the browser unless another is named. */
export function dayOf(instant: Date, timeZone?: string): Day {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone, year: "numeric", month: "numeric", day: "numeric" });
  const part = (type: string): number => Number(parts.formatToParts(instant).find((one) => one.type === type)?.value);
  return { year: part("year"), month: part("month"), day: part("day") };
}

export function formatClock(
  instant: Date,
  { seconds = false, timeZone }: { seconds?: boolean; timeZone?: string } = {},
): string {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hour: "2-digit",
    minute: "2-digit",
    ...(seconds ? { second: "2-digit" } : {}),
    hourCycle: "h23",
  }).format(instant);
}

/** Reads an instant of the hub; an answer that cannot be read is no instant rather than 1970. */
export function parseInstant(text: string | null | undefined): Date | null {
  if (!text) return null;
  const instant = new Date(text);
  return Number.isNaN(instant.getTime()) ? null : instant;
}

/** DICOM TM `143205.12` or ISO `14:32:05` as hours and minutes. */
export function formatTimeOfDay(text: string | null | undefined): string {
  const found = /^(\d{2}):?(\d{2})/.exec(text ?? "");
  return found ? `${found[1]}:${found[2]}` : "";
}

const LONGEST_ID = 64;
const ID_BEGIN = 20;
const ID_END = 11;

/** An identifier whole up to 64 characters (DICOM PS3.5 6.2, LO); of a longer one its beginning and its end, in which two may differ. */
export function shortened(identifier: string): string {
  const signs = Array.from(identifier);
  if (signs.length <= LONGEST_ID) return identifier;
  return `${signs.slice(0, ID_BEGIN).join("")}…${signs.slice(-ID_END).join("")}`;
}

export interface WrittenName {
  readonly main: string;
  readonly kana: string;
}

const plain = (group: string | null | undefined): string =>
  (group ?? "").split("^").join(" ").replace(/\s+/gu, " ").trim();

/** Kanji with kana beside; a name without kanji stands by its letters (PS3.5 6.2.1.1, the three component groups). */
export function writeName(name: PersonName | null | undefined): WrittenName {
  const [kanji, letters, kana] = [plain(name?.ideographic), plain(name?.alphabetic), plain(name?.phonetic)];
  const main = kanji || letters || kana;
  return { main, kana: kana === main ? "" : kana };
}

/** Whole years between birth and a day; null when either is unknown or the order is impossible. */
export function ageOn(birth: Day | null, on: Day | null): number | null {
  if (!birth || !on) return null;
  const before = on.month < birth.month || (on.month === birth.month && on.day < birth.day);
  const years = on.year - birth.year - (before ? 1 : 0);
  return years >= 0 ? years : null;
}

/** A length of time in the two units that matter at its size, ready for the catalogue's `duration.*` keys. */
export interface Duration {
  readonly unit: "days_hours" | "hours_minutes" | "minutes" | "seconds";
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
}

export function splitDuration(milliseconds: number): Duration {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000);
  const parts = {
    days: Math.floor(seconds / 86_400),
    hours: Math.floor((seconds % 86_400) / 3600),
    minutes: Math.floor((seconds % 3600) / 60),
    seconds: seconds % 60,
  };
  if (parts.days > 0) return { unit: "days_hours", ...parts };
  if (parts.hours > 0) return { unit: "hours_minutes", ...parts };
  if (parts.minutes > 0) return { unit: "minutes", ...parts };
  return { unit: "seconds", ...parts };
}

export function formatCount(value: number, language: Language): string {
  return new Intl.NumberFormat(language).format(value);
}

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** Decimal units, three significant figures: what a line's rate is counted in. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const figures = unit === 0 || value >= 99.5 ? value.toFixed(0) : value >= 9.95 ? value.toFixed(1) : value.toFixed(2);
  return `${figures} ${UNITS[unit]}`;
}
