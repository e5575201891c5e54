/** Where to go after sign-in: a place of this site that was asked for, never another host. */
export function nextPlace(asked: string | null): string {
  if (asked === null) return "/worklist";
  const here = new URL("http://localhost/");
  try {
    const url = new URL(asked, here);
    const inside = asked.startsWith("/") && url.origin === here.origin && !url.pathname.startsWith("/sign-in");
    return inside ? `${url.pathname}${url.search}` : "/worklist";
  } catch {
    return "/worklist";
  }
}
