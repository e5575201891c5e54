import { useQuery } from "@tanstack/react-query";
import { getJson } from "@/api/client";

export interface Health {
  readonly status: string;
  readonly version: string;
}

/** Whether the hub is well, and which version it is. */
export function useHealth(): Health | undefined {
  return useQuery({
    queryKey: ["health"],
    queryFn: ({ signal }) => getJson<Health>("/api/v1/health", signal),
    staleTime: 60_000,
  }).data;
}
