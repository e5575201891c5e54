import type { ObjectPedigree } from "@/api/types";
import type { Truth } from "@/viewports/truth";

/** Whether an image is what its source sent, as far as that is known. Pure: the words are the catalogue's. */
export type Verdict = "proved" | "provedBytes" | "unsigned" | "broken" | "unknown" | "unproved" | "failed";

/** A digest is the source's only where somebody signed for it; else it is what the hub says that it received. */
export function verdictOf({ stage, digestOf }: Truth, pedigree: Pick<ObjectPedigree, "signed"> | undefined): Verdict {
  if (stage === "unproved" || stage === "failed") return stage;
  if (stage !== "proved" || pedigree === undefined) return "unknown";
  const { signed } = pedigree;
  if (signed.length === 0) return "unsigned";
  if (!signed.every(({ verified }) => verified)) return "broken";
  return digestOf === "encoded" ? "provedBytes" : "proved";
}
