/** 検像: what a technologist stands for of a case's images. */
import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from "@tanstack/react-query";
import { getJson, sendJson } from "@/api/client";
import type { FinalisationEntry, WorklistItem } from "@/api/types";
import { WORKLIST_KEY } from "@/worklist/api";

export type Finalising =
  | { readonly act: "finalise"; readonly instances: number; readonly note: string }
  | { readonly act: "reopen"; readonly reason: string };

const LOOKED_AT = { patient: true, laterality: true, views: true, count: true } as const;

const pathOf = (itemId: string): string => `/api/v1/worklist/${encodeURIComponent(itemId)}/finalisation`;

/** One act; list and report are asked again at once, whatever the answer was. */
export function useFinalising(itemId: string): UseMutationResult<WorklistItem, Error, Finalising> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wanted: Finalising) =>
      wanted.act === "finalise"
        ? sendJson("PUT", pathOf(itemId), { instances: wanted.instances, looked_at: LOOKED_AT, note: wanted.note })
        : sendJson("POST", `${pathOf(itemId)}/reopen`, { reason: wanted.reason }),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: WORKLIST_KEY }),
        client.invalidateQueries({ queryKey: ["report", itemId] }),
      ]),
  });
}

/** Everything that was said of a case's images so far. */
export function useFinalisations(itemId: string, wanted: boolean): UseQueryResult<readonly FinalisationEntry[]> {
  return useQuery({
    queryKey: [...WORKLIST_KEY, itemId, "finalisation"],
    queryFn: ({ signal }) => getJson<readonly FinalisationEntry[]>(pathOf(itemId), signal),
    enabled: wanted,
  });
}
