/** Where findings lie on the diagram: the same places as on paper, from the same table; pure. */
import type { Finding, ReportForm } from "@/api/types";

export interface Spot {
  readonly finding: Finding;
  readonly mark: string;
  readonly x: number;
  readonly y: number;
}

export const RADIUS = 84;
export const CENTERS = { right: [115, 112], left: [325, 112] } as const;
const CLOCK_AT = 0.6;
const NEAR = 0.19;
const ASIDE = [
  [0, 0],
  [0, -0.2],
  [0, 0.2],
  [0.2, -0.1],
  [0.2, 0.1],
  [-0.2, -0.1],
  [-0.2, 0.1],
] as const;

type Point = readonly [number, number];

/** In the picture's own units; neighbours step aside. */
export function spotsOf(form: ReportForm, findings: readonly Finding[]): Spot[] {
  const taken = { right: [] as Point[], left: [] as Point[] };
  return findings.flatMap((finding) => {
    const at = placeOf(form, finding);
    if (at === null) return [];
    const beside = ASIDE.map(([x, y]): Point => [at[0] + x, at[1] + y]);
    const near = taken[finding.side];
    const free = beside.find((one) => near.every((other) => Math.hypot(one[0] - other[0], one[1] - other[1]) >= NEAR));
    const [x, y] = free ?? at;
    near.push([x, y]);
    const [centerX, centerY] = CENTERS[finding.side];
    const mark = form.form?.kinds.find(({ value }) => value === finding.kind)?.mark ?? "other";
    return [{ finding, mark, x: centerX + x * RADIUS, y: centerY - y * RADIUS }];
  });
}

/** Right and up of the nipple, the breast's edge at 1; null where nobody said. */
function placeOf({ diagram }: ReportForm, { place, side }: Finding): Point | null {
  const outward = side === "right" ? -1 : 1;
  if (place["clock"]) {
    const angle = (Number(place["clock"]) * Math.PI) / 6;
    return [Math.sin(angle) * CLOCK_AT, Math.cos(angle) * CLOCK_AT];
  }
  const quadrant = diagram.quadrant[place["quadrant"] ?? ""];
  if (quadrant) return [quadrant[0] * outward, quadrant[1]];
  const [mlo, cc] = [place["mlo"] ?? "", place["cc"] ?? ""];
  if (mlo === "" && cc === "") return null;
  const sideways = cc === "" ? (mlo === "X" ? (diagram.mlo["X"] ?? 0) : 0) : (diagram.cc[cc] ?? 0);
  return [sideways * outward, diagram.mlo[mlo] ?? 0];
}
