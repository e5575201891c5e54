const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg\//u, "Edge"],
  [/Firefox\//u, "Firefox"],
  [/Chrome\//u, "Chrome"],
  [/Safari\//u, "Safari"],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/Windows/u, "Windows"],
  [/iPhone|iPad/u, "iOS"],
  [/Mac OS X/u, "macOS"],
  [/Android/u, "Android"],
  [/Linux/u, "Linux"],
];

/** "Chrome · Windows" out of a User-Agent, for people to recognise their own machines; nothing is decided by it. */
export function deviceOf(userAgent: string): string {
  const first = (of: readonly (readonly [RegExp, string])[]): string =>
    of.find(([sign]) => sign.test(userAgent))?.[1] ?? "";
  return [first(BROWSERS), first(SYSTEMS)].filter(Boolean).join(" · ");
}
