import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from "@tanstack/react-query";
import { getJson, pollJson, sendJson } from "@/api/client";
import type { Outcome, Outcomes } from "@/api/types";

const EVERY = 15_000;
const path = (itemId: string): string => `/api/v1/worklist/${encodeURIComponent(itemId)}/outcome`;
const key = (itemId: string): readonly string[] => ["outcome", itemId];

/** What became of a case's report, asked again while the page stands. */
export function useOutcome(itemId: string, enabled: boolean): UseQueryResult<Outcome> {
  return useQuery({
    queryKey: key(itemId),
    queryFn: ({ signal }) => pollJson<Outcome>(path(itemId), signal),
    refetchInterval: EVERY,
    enabled,
  });
}

export interface Asked {
  readonly siteId: string;
  /** YYYY-MM, or empty for all time. */
  readonly month: string;
}

export const listPath = ({ siteId, month }: Asked, ending = ""): string => {
  const asked = new URLSearchParams({ ...(siteId && { site_id: siteId }), ...(month && { month }) }).toString();
  return `/api/v1/outcomes${ending}${asked && `?${asked}`}`;
};

export function useOutcomes(asked: Asked): UseQueryResult<Outcomes> {
  return useQuery({
    queryKey: ["outcomes", asked.siteId, asked.month],
    queryFn: ({ signal }) => getJson<Outcomes>(listPath(asked), signal),
    placeholderData: (before) => before,
  });
}

export type Telling =
  | { readonly what: "opened"; readonly number: number }
  | { readonly what: "acted"; readonly number: number; readonly note: string }
  | { readonly what: "important"; readonly because: string; readonly withdrawn: boolean };

export function useTell(itemId: string): UseMutationResult<Outcome, Error, Telling> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ what, ...told }: Telling) => sendJson<Outcome>("POST", `${path(itemId)}/${what}`, told),
    onSuccess: (outcome) => client.setQueryData(key(itemId), outcome),
    onError: () => client.invalidateQueries({ queryKey: key(itemId) }),
    onSettled: () => client.invalidateQueries({ queryKey: ["outcomes"] }),
  });
}
