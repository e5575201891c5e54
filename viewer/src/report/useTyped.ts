import { useQuery, useQueryClient } from "@tanstack/react-query";
import { shelf, type Found } from "@/kept/shelf";
import { getReport, reportKey } from "./api";
import type { Draft } from "./model";
import type { Typed } from "./saver";

const KEY_WITHIN = 1_500;
const ANSWER_WITHIN = 1_500;

type FoundDraft = Found<Typed<Draft>>;

const KEPT_HERE = { networkMode: "always", gcTime: 0, structuralSharing: false } as const;

async function findTyped(itemId: string): Promise<FoundDraft | null> {
  await shelf.ready(KEY_WITHIN);
  return shelf.find<Typed<Draft>>("draft", itemId);
}

/** What lies here now of a report that this person does not write; never what its editor began with. */
export function useLeftOver(itemId: string): FoundDraft | null | undefined {
  const queryKey = ["left-over", itemId];
  return useQuery({ queryKey, queryFn: () => findTyped(itemId), staleTime: 0, ...KEPT_HERE }).data;
}

/**
 * What was typed on this computer and is not at the hub; null where nothing was, undefined until that is known.
 * `turn` grows when another tab gave the pen: what it saved is looked up first.
 */
export function useTyped(itemId: string, turn = 0, wanted = true): FoundDraft | null | undefined {
  const client = useQueryClient();
  return useQuery({
    queryKey: ["typed-here", itemId, turn],
    queryFn: async () => {
      if (turn > 0) {
        const saved = await getReport(itemId, AbortSignal.timeout(ANSWER_WITHIN)).catch(() => null);
        if (saved !== null) client.setQueryData(reportKey(itemId), saved);
      }
      return findTyped(itemId);
    },
    enabled: wanted,
    staleTime: Infinity,
    ...KEPT_HERE,
  }).data;
}
