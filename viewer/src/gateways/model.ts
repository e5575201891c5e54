/** Where a study is on its way from the hospital to the hub, and what a gateway needs somebody to do; pure. */
import type { Gateway, GatewayStudy } from "@/api/types";
import type { catalogues } from "@/i18n";
import type { StationState } from "@/ui/Stations";

export const STATIONS = ["received", "proved", "forwarding", "at-hub"] as const;
export type StationKey = (typeof STATIONS)[number];

/**
 * The state of each station; a study with a problem is stuck at the first station that it has not passed, and one that
 * the hub removed when its term was over is at none.
 */
export function stationStates(study: Pick<GatewayStudy, "state" | "percent">): Record<StationKey, StationState> {
  const stuck = study.state === "problem";
  if (study.state === "removed")
    return { received: "passed", proved: "passed", forwarding: "passed", "at-hub": "ahead" };
  const at = stuck ? (study.percent > 0 ? 2 : 1) : STATIONS.findIndex((station) => station === study.state);
  const present: StationState = stuck ? "stuck" : study.state === "forwarding" ? "now" : "here";
  const stateOf = (index: number): StationState => (index < at ? "passed" : index === at ? present : "ahead");
  return Object.fromEntries(STATIONS.map((key, index) => [key, stateOf(index)])) as Record<StationKey, StationState>;
}

/** The end of a UID tells two studies of one root apart. */
export function shortUid(uid: string, letters = 30): string {
  return uid.length <= letters ? uid : `…${uid.slice(1 - letters)}`;
}

const ORDER: Record<GatewayStudy["state"], number> = {
  problem: 0,
  forwarding: 1,
  proved: 2,
  received: 3,
  "at-hub": 4,
  removed: 5,
};

/** What is stuck first, then what moves, then what has arrived. */
export function byNeed(studies: readonly GatewayStudy[]): GatewayStudy[] {
  return [...studies].sort((one, other) => ORDER[one.state] - ORDER[other.state] || other.percent - one.percent);
}

type RefusalKey = keyof (typeof catalogues)["en"]["gateways"]["refused"];

/** The hub's codes for objects that are refused, each with words in the catalogues. */
export const REFUSAL_CODES: readonly RefusalKey[] = [
  "not-dicom",
  "truncated",
  "too-large",
  "identity",
  "unsupported",
  "other-content",
  "conflict",
  "unproved",
];

/** The catalogues' key for why an object is in quarantine; `other` where the code is not known. */
export const refusalKey = (code: string): RefusalKey => REFUSAL_CODES.find((known) => known === code) ?? "other";

/** What the gateway recorded, in its own English words. */
export const recorded = (reason: string, remedy: string): string => (remedy ? `${reason} → ${remedy}` : reason);

const DAY = 86_400_000;
const RENEW_WITHIN = 30 * DAY;

export type CertificateState = "valid" | "ends-soon" | "ended";

export function certificateState(notAfter: string, now: number): CertificateState {
  const ends = Date.parse(notAfter);
  if (Number.isNaN(ends)) return "valid";
  if (ends <= now) return "ended";
  return ends - now <= RENEW_WITHIN ? "ends-soon" : "valid";
}

/** Offline gateways, those whose way is interrupted and those with trouble come first; otherwise by site and name. */
export function gatewaysByNeed(gateways: readonly Gateway[]): Gateway[] {
  const need = (gateway: Gateway): number =>
    (gateway.online || gateway.revoked_at !== null ? 0 : 4) +
    (gateway.online && gateway.health?.dead ? 3 : 0) +
    (gateway.studies.some(({ state }) => state === "problem") ? 2 : 0) +
    (gateway.quarantine > 0 ? 1 : 0);
  return [...gateways].sort(
    (one, other) =>
      need(other) - need(one) ||
      one.site_name.localeCompare(other.site_name, "ja") ||
      one.name.localeCompare(other.name, "ja"),
  );
}
