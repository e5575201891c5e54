/** Filters that a person keeps on the hub, so that they are there on any device. */
import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from "@tanstack/react-query";
import { getJson, sendJson } from "@/api/client";
import type { SavedFilter } from "@/api/types";
import { isView, SORT_KEYS, type Narrowing, type Sort, type SortKey, type View } from "./model";

const PATH = "/api/v1/worklist-filters";
const KEY = ["worklist-filters"] as const;

export interface Kept {
  readonly view: View;
  readonly narrowing: Narrowing;
  readonly sort: Sort;
}

/** What a kept filter means to this page; what an older or newer page has written and this one does not know is left. */
export function keptOf({ chosen }: SavedFilter): Kept {
  const key = SORT_KEYS.find((known): known is SortKey => known === chosen.sort) ?? "due";
  return {
    view: isView(chosen.view) ? chosen.view : "to_read",
    narrowing: { site: chosen.site, modality: chosen.modality },
    sort: { key, descending: chosen.order === "descending" },
  };
}

export const chosenOf = ({ view, narrowing, sort }: Kept): SavedFilter["chosen"] => ({
  view,
  ...narrowing,
  sort: sort.key,
  order: sort.descending ? "descending" : "ascending",
});

export function useFilters(): UseQueryResult<readonly SavedFilter[]> {
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => getJson<readonly SavedFilter[]>(PATH, signal),
    staleTime: 60_000,
  });
}

export function useKeepFilter(): UseMutationResult<unknown, Error, { name: string; kept: Kept }> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ name, kept }) => sendJson("POST", PATH, { name, chosen: chosenOf(kept) }),
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
}

export function useForgetFilter(): UseMutationResult<unknown, Error, string> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (filterId: string) => sendJson("DELETE", `${PATH}/${encodeURIComponent(filterId)}`),
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
}
