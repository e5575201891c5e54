import type { Lack } from "@/api/types";

/** What the hub raises alarms about, and has words for in the catalogues (`rights:alert.*`). */
export const ALERTS = [
  "signed_in_elsewhere",
  "password_locked",
  "key_copied",
  "key_replayed",
  "key_unverified",
  "key_elsewhere",
  "substitute_used",
  "emergency_opened",
  "emergency_used",
  "clock_drifted",
  "clock_unkept",
  "seal_revoked",
] as const;
export type AlertWord = (typeof ALERTS)[number] | "other";

export const knownAlert = (kind: string): AlertWord => ALERTS.find((known) => known === kind) ?? "other";

/** What may be missing for a signature (`rights:lack.*`). */
export const LACKS: readonly Lack[] = ["no_licence", "licence_lapsed", "no_grade", "grade_too_low", "grade_lapsed"];

export const GRADES = ["", "AS", "A", "B", "C", "D"] as const;
export type Grade = (typeof GRADES)[number];

export const knownGrade = (text: string): Grade => GRADES.find((known) => known === text) ?? "";

const STATES = ["requested", "refused", "granted", "confirmed", "rejected"] as const;
export type RequestState = (typeof STATES)[number];

export const knownState = (text: string): RequestState => STATES.find((known) => known === text) ?? "requested";

/** A day as an input gives it; empty is none. */
export const dayOrNone = (text: string): string | null => (text === "" ? null : text);

/** A certificate as PEM (RFC 7468), whether its file holds that already or DER. */
export function pemOf(bytes: Uint8Array): string {
  const text = new TextDecoder("latin1").decode(bytes);
  if (text.includes("-----BEGIN")) return text;
  const lines = btoa(Array.from(bytes, (byte) => String.fromCodePoint(byte)).join("")).match(/.{1,64}/gu) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
