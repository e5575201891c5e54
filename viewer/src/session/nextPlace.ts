import type { Permission } from "./api";

/** Where to go after sign-in: a place of this site that was asked for, never another host; else the first one allowed. */
export function nextPlace(asked: string | null): string {
  if (asked === null) return "/";
  const here = new URL("http://localhost/");
  try {
    const url = new URL(asked, here);
    const inside = asked.startsWith("/") && url.origin === here.origin && !url.pathname.startsWith("/sign-in");
    return inside ? `${url.pathname}${url.search}` : "/";
  } catch {
    return "/";
  }
}

const PLACES = [
  ["worklist.read", "/worklist"],
  ["request.read", "/requests"],
  ["gateways.read", "/gateways"],
  ["administer", "/people"],
  ["audit.read", "/audit"],
  ["displays.manage", "/displays"],
] as const;

/** Everybody's own page, where there is no other. */
export const OWN_PLACE = "/settings";

/** The first page that somebody with these permissions may see. */
export const firstPlace = (may: (permission: Permission) => boolean): string =>
  PLACES.find(([permission]) => may(permission))?.[1] ?? OWN_PLACE;
