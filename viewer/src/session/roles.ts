/** The roles that the hub knows, in the order in which people are asked for them. */
export const ROLES = [
  "reader",
  "resident",
  "clerk",
  "site_staff",
  "technologist",
  "referring_physician",
  "administrator",
  "maintainer",
  "auditor",
  "display_manager",
] as const;
export type Role = (typeof ROLES)[number];

export function knownRole(role: string): Role | null {
  return ROLES.find((known) => known === role) ?? null;
}
