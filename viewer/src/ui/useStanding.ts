import { useQuery } from "@tanstack/react-query";
import { getJson } from "@/api/client";
import type { Standing } from "@/api/types";

export const STANDING_KEY = ["standing"] as const;

const ASKED_AGAIN_AFTER = 60_000;

/** Whether this version is a certified medical device; until the hub has said so, it is not (OPS-14). */
export function useStanding(): Standing | undefined {
  return useQuery({
    queryKey: STANDING_KEY,
    queryFn: ({ signal }) => getJson<Standing>("/api/v1/standing", signal),
    staleTime: ASKED_AGAIN_AFTER,
  }).data;
}

export const useInEvaluation = (): boolean => useStanding()?.in_evaluation !== false;
