/** What the findings of a breast say of its extent, for whoever begins with them; pure. */
import type { Finding, Structure } from "@/api/types";

type Facts = Structure["facts"];

/** Figures from the findings of each breast concerned, where none stands yet; null where they have nothing to add. */
export function extentFromFindings({ facts, findings }: Structure): Facts | null {
  const index = facts["index"] ?? "";
  const sides = (["right", "left"] as const).filter((side) => index === side || index === "both");
  const found = sides.flatMap((side) =>
    ofSide(
      side,
      findings.filter((finding) => finding.side === side),
    ),
  );
  const added = found.filter(([name]) => (facts[name] ?? "") === "");
  return added.length === 0 ? null : { ...facts, ...Object.fromEntries(added) };
}

function ofSide(side: Finding["side"], findings: readonly Finding[]): [string, string][] {
  const lesions = findings.filter(({ kind }) => kind === "mass" || kind === "nme");
  const largest = lesions.toSorted((one, other) => longest(other) - longest(one))[0];
  const mass = Math.max(0, ...lesions.filter(({ kind }) => kind === "mass").map(longest));
  const near = lesions.flatMap(({ distance_mm: distance }) => (distance === null ? [] : [distance]));
  const [length, width, height] = largest?.size_mm ?? [];
  return [
    ...figure(`extent_length_${side}`, length),
    ...figure(`extent_width_${side}`, width),
    ...figure(`extent_height_${side}`, height),
    ...figure(`t_size_${side}`, mass || undefined),
    ...figure(`nipple_distance_${side}`, near.length === 0 ? undefined : Math.min(...near)),
  ];
}

const longest = ({ size_mm: size }: Finding): number => Math.max(0, ...size);

const figure = (name: string, value: number | undefined): [string, string][] =>
  value === undefined ? [] : [[name, String(value)]];
