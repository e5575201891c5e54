import type { Dataset } from "@/images/dicomJson";
import type { PersonName } from "@/ui/format";

/** The groups of a person's name (PS3.18 F.2.2); null where none is given. */
export function personName(dataset: Dataset, tag: string): PersonName | null {
  const value = dataset[tag]?.Value?.[0];
  if (typeof value !== "object" || value === null) return null;
  const groups = value as Record<string, unknown>;
  const group = (key: string): string => (typeof groups[key] === "string" ? groups[key] : "");
  const name = {
    alphabetic: group("Alphabetic"),
    ideographic: group("Ideographic"),
    phonetic: group("Phonetic"),
  };
  return Object.values(name).some((part) => part.trim() !== "") ? name : null;
}
