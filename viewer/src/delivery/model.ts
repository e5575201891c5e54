/** How the hospital's systems stand with a report; only what its gateway told; pure. */
import type { CaseWay, ReportDelivery } from "@/api/types";

export const PLACE_STATES = ["stored", "accepted", "committed", "not-offered", "not-committed", "refused"] as const;
export type PlaceState = (typeof PLACE_STATES)[number];

export const OUTLETS = ["pacs", "pages", "folder", "his"] as const;

type Back = CaseWay["back"];

/** Place → state, in the order in which the hub tells them. */
export const statesOf = ({ places }: ReportDelivery): Record<string, string> =>
  Object.fromEntries(places.map(({ outlet, state }) => [outlet, state]));

/** The report itself; documents that were only stamped anew follow it, and it has arrived without them. */
export const originals = (back: Back): Back => back.filter(({ stamps }) => stamps === 0);

export const renewed = (back: Back): Back => back.filter(({ stamps }) => stamps > 0);

/** One of the hospital's systems did not take it, or took it and does not keep it. */
export const isRefused = ({ error, places }: Back[number]): boolean =>
  error !== "" || Object.values(places).some((state) => state === "refused" || state === "not-committed");

/** Everything that is missing was taken, and the PACS has yet to say whether it keeps it. */
export function isPromised(back: Back): boolean {
  const missing = originals(back).filter(({ delivered_at }) => delivered_at === null);
  return missing.length > 0 && missing.every(({ places }) => Object.values(places).includes("accepted"));
}

/** When the last object of the report arrived in the hospital; null as long as one is missing. */
export function arrivedBack({ back }: CaseWay): string | null {
  const times = originals(back).map(({ delivered_at }) => delivered_at);
  return times.includes(null)
    ? null
    : (times
        .filter((time) => time !== null)
        .sort()
        .at(-1) ?? null);
}
