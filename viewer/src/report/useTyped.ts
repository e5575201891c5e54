import { useQuery, useQueryClient } from "@tanstack/react-query";
import { shelf, type Found } from "@/kept/shelf";
import { getReport, reportKey } from "./api";
import type { Draft } from "./model";
import type { Typed } from "./saver";

const KEY_WITHIN = 1_500;
const ANSWER_WITHIN = 1_500;

/**
 * What was typed on this computer and is not at the hub; null where nothing was, undefined until that is known.
 * `turn` grows when another tab gave the pen: what it saved is looked up first.
 */
export function useTyped(itemId: string, turn = 0, wanted = true): Found<Typed<Draft>> | null | undefined {
  const client = useQueryClient();
  return useQuery({
    queryKey: ["typed-here", itemId, turn],
    queryFn: async () => {
      if (turn > 0) {
        const saved = await getReport(itemId, AbortSignal.timeout(ANSWER_WITHIN)).catch(() => null);
        if (saved !== null) client.setQueryData(reportKey(itemId), saved);
      }
      await shelf.ready(KEY_WITHIN);
      return shelf.find<Typed<Draft>>("draft", itemId);
    },
    enabled: wanted,
    networkMode: "always",
    staleTime: Infinity,
    gcTime: 0,
    structuralSharing: false,
  }).data;
}
