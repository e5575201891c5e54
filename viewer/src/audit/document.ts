/** The document that a reviewer signs, read as far as the page shows it; what is not as expected shows as nothing. */

import type { AuditGroup } from "@/api/types";

export interface ReviewDocument {
  readonly entries: number;
  readonly groups: Readonly<Partial<Record<AuditGroup, number>>>;
  readonly failures: Readonly<Record<string, number>>;
  readonly chain: { readonly entries: number; readonly brokenAt: number | null } | null;
  readonly anomalies: readonly { readonly id: string; readonly text: string; readonly closed: boolean }[];
}

type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);
const numberOf = (value: unknown): number => (typeof value === "number" ? value : 0);
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

function countsOf(value: unknown): Record<string, number> {
  if (!isTree(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, count]) => [name, numberOf(count)]));
}

export function readDocument(document: Tree): ReviewDocument {
  const chain = document["chain"];
  const anomalies: readonly unknown[] = Array.isArray(document["anomalies"]) ? document["anomalies"] : [];
  return {
    entries: numberOf(document["entries"]),
    groups: countsOf(document["groups"]),
    failures: countsOf(document["failures"]),
    chain: isTree(chain)
      ? {
          entries: numberOf(chain["entries"]),
          brokenAt: typeof chain["broken_at"] === "number" ? chain["broken_at"] : null,
        }
      : null,
    anomalies: anomalies.filter(isTree).map((one) => ({
      id: textOf(one["anomaly_id"]),
      text: textOf(one["text"]),
      closed: one["resolution"] !== null,
    })),
  };
}
