/** Reads a day as people in a hospital type it: ISO, slashes, 和暦 in full or by its letter; pure. */
import { formatDay, parseDay, type Day } from "@/ui/format";

interface Era {
  readonly names: RegExp;
  /** Year 1 of the era. */
  readonly first: number;
  /** The first and last day, YYYYMMDD. */
  readonly from: string;
  readonly until: string;
}

const ERAS: readonly Era[] = [
  { names: /^(?:令和|令|R)/iu, first: 2019, from: "20190501", until: "99991231" },
  { names: /^(?:平成|平|H)/iu, first: 1989, from: "19890108", until: "20190430" },
  { names: /^(?:昭和|昭|S)/iu, first: 1926, from: "19261225", until: "19890107" },
  { names: /^(?:大正|大|T)/iu, first: 1912, from: "19120730", until: "19261224" },
  { names: /^(?:明治|明|M)/iu, first: 1868, from: "18730101", until: "19120729" },
];

const SEPARATED = /^(\d{1,4})[-/.年 ]+(\d{1,2})[-/.月 ]+(\d{1,2})日?$/u;
const TOGETHER = /^(\d{2}|\d{4})(\d{2})(\d{2})$/u;

/** A day as YYYYMMDD, or null where the text is no day, or none of that era. */
export function readDay(text: string): string | null {
  const plain = text.normalize("NFKC").trim().replace("元年", "1年");
  const era = ERAS.find(({ names }) => names.test(plain));
  const rest = era ? plain.replace(era.names, "").trim() : plain;
  const found = SEPARATED.exec(rest) ?? TOGETHER.exec(rest);
  if (!found?.[1]) return null;
  if (!era && found[1].length !== 4) return null;
  const year = Number(found[1]) + (era ? era.first - 1 : 0);
  const day = `${String(year).padStart(4, "0")}${found[2]?.padStart(2, "0") ?? ""}${found[3]?.padStart(2, "0") ?? ""}`;
  if (parseDay(day) === null || year < 1 || Number(found[1]) === 0) return null;
  return era && (day < era.from || day > era.until) ? null : day;
}

/** YYYYMMDD as it is typed, for a field that is filled from what is known. */
export function typedDay(day: string): string {
  return /^\d{8}$/u.test(day) ? `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}` : day;
}

/** A day as YYYYMMDD, which sorts and compares as text. */
export const compactDay = (day: Day): string => formatDay(day, "iso").replaceAll("-", "");
