import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from "@tanstack/react-query";
import { getJson, pollJson, sendJson } from "@/api/client";
import type { LineCheck, LineLimits, LineLimitsText, LineStanding } from "@/api/types";
import { LONGEST_MS, measure } from "./measure";
import { hubWay } from "./way";

const STANDING = ["line", "standing"] as const;
const LINES = ["line", "lines"] as const;
const LIMITS = ["line", "limits"] as const;
const STANDING_EVERY = 5 * 60_000;

/** What the line of this device is known to be worth; asked for again, because a check counts for a day. */
export const useLineStanding = (enabled = true): UseQueryResult<LineStanding> =>
  useQuery({
    queryKey: STANDING,
    queryFn: ({ signal }) => pollJson<LineStanding>("/api/v1/session/line", signal),
    refetchInterval: STANDING_EVERY,
    enabled,
  });

/** What was measured of every line that concerns this person's sites. */
export const useLines = (enabled: boolean): UseQueryResult<readonly LineCheck[]> =>
  useQuery({
    queryKey: LINES,
    queryFn: ({ signal }) => getJson<readonly LineCheck[]>("/api/v1/lines", signal),
    enabled,
  });

export interface Wanted {
  readonly stop: AbortSignal;
  readonly progress: (share: number) => void;
}

/** Measures, and has the hub judge and keep what was found. */
export function useCheckLine(): UseMutationResult<LineCheck, Error, Wanted> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ stop, progress }: Wanted) => {
      const signal = AbortSignal.any([stop, AbortSignal.timeout(LONGEST_MS)]);
      const found = await measure(hubWay, { signal, progress });
      return sendJson<LineCheck>("POST", "/api/v1/line/checks", found);
    },
    onSuccess: () => Promise.all([STANDING, LINES].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}

export const useLineLimits = (): UseQueryResult<LineLimits> =>
  useQuery({ queryKey: LIMITS, queryFn: ({ signal }) => getJson<LineLimits>("/api/v1/line-limits", signal) });

export function useSetLineLimits(): UseMutationResult<LineLimits, Error, LineLimitsText> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (limits: LineLimitsText) => sendJson<LineLimits>("PUT", "/api/v1/line-limits", limits),
    onSuccess: (limits) => client.setQueryData(LIMITS, limits),
  });
}
