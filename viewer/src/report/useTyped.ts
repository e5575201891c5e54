import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { shelf, type Found } from "@/kept/shelf";
import { getReport, reportKey } from "./api";
import type { TypedReport } from "./saver";

const KEY_WITHIN = 1_500;
const DISK_WITHIN = 1_500;
const ANSWER_WITHIN = 1_500;

/** What was typed here; null where nothing was, undefined where the hub has not handed out the key to it. */
export interface TypedHere {
  readonly found: Found<TypedReport> | null | undefined;
}

const KEPT_HERE = { networkMode: "always", gcTime: 0, structuralSharing: false } as const;

async function findTyped(itemId: string): Promise<TypedHere> {
  await shelf.ready(KEY_WITHIN);
  // A disk that hangs keeps nobody from writing: what lies there is looked for again before anything is written over it.
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), DISK_WITHIN));
  return { found: await Promise.race([shelf.find<TypedReport>("draft", itemId), late]) };
}

/** What lies here now of a report that this person does not write; never what its editor began with. */
export function useLeftOver(itemId: string): Found<TypedReport> | null | undefined {
  const isOpen = useSyncExternalStore(shelf.subscribe, () => shelf.isOpen);
  const queryKey = ["left-over", itemId, isOpen];
  return useQuery({ queryKey, queryFn: () => findTyped(itemId), staleTime: 0, ...KEPT_HERE }).data?.found;
}

/**
 * What was typed on this computer and is not at the hub; undefined until that was looked for. `turn` grows when another
 * tab gave the pen: what it saved is looked up first.
 */
export function useTyped(itemId: string, turn = 0, wanted = true): TypedHere | undefined {
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
