import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from "@tanstack/react-query";
import { call, getJson, pollJson, sendJson } from "@/api/client";
import type { CentreRules, Escalated, HeldReading, HeldReadings, PlaceOfReading, ReportManager } from "@/api/types";

const RULES = ["centre", "rules"] as const;
const MANAGERS = ["centre", "managers"] as const;
const HELD = ["centre", "held"] as const;
const PLACE = ["centre", "place"] as const;
const ESCALATED_EVERY = 60_000;
const HELD_EVERY = 30_000;

export const useRules = (): UseQueryResult<CentreRules> =>
  useQuery({
    queryKey: RULES,
    queryFn: ({ signal }) => getJson<CentreRules>("/api/v1/centre-rules", signal),
    retry: false,
  });

export function useSetRules(): UseMutationResult<CentreRules, Error, CentreRules> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (rules: CentreRules) => sendJson<CentreRules>("PUT", "/api/v1/centre-rules", rules),
    onSuccess: (rules) => client.setQueryData(RULES, rules),
  });
}

export const useManagers = (enabled = true): UseQueryResult<readonly ReportManager[]> =>
  useQuery({
    enabled,
    queryKey: MANAGERS,
    queryFn: ({ signal }) => getJson<readonly ReportManager[]>("/api/v1/outcomes/managers", signal),
  });

export const LIMITS = ["first_minutes", "second_hours", "third_days"] as const;
export type Limit = (typeof LIMITS)[number];
export type ManagerWanted = Pick<ReportManager, "site_id" | "person_id" | "unread_days" | Limit>;

export function useNameManager(): UseMutationResult<ReportManager, Error, ManagerWanted> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wanted: ManagerWanted) => sendJson<ReportManager>("PUT", "/api/v1/outcomes/managers", wanted),
    onSettled: () => client.invalidateQueries({ queryKey: MANAGERS }),
  });
}

export const useHeld = (): UseQueryResult<readonly HeldReading[]> =>
  useQuery({
    queryKey: HELD,
    queryFn: async ({ signal }) => (await pollJson<HeldReadings>("/api/v1/worklist/held", signal)).items,
    refetchInterval: HELD_EVERY,
  });

export interface Freeing {
  readonly held: HeldReading;
  readonly reason: string;
}

export function useFree(): UseMutationResult<Response, Error, Freeing> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ held, reason }: Freeing) =>
      call(`/api/v1/worklist/${encodeURIComponent(held.worklist_item_id)}/take-away`, {
        method: "POST",
        json: { role: held.role, reason },
      }),
    onSettled: () => client.invalidateQueries({ queryKey: HELD }),
  });
}

export const usePlace = (): UseQueryResult<PlaceOfReading> =>
  useQuery({
    queryKey: PLACE,
    queryFn: ({ signal }) => getJson<PlaceOfReading>("/api/v1/session/place", signal),
  });

export function useStatePlace(): UseMutationResult<PlaceOfReading, Error, "facility" | "remote"> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (place: "facility" | "remote") => sendJson<PlaceOfReading>("PUT", "/api/v1/session/place", { place }),
    onSuccess: (told) => client.setQueryData(PLACE, told),
  });
}

/** How many reports were put before me and are unread still. */
export const useEscalated = (): UseQueryResult<Escalated> =>
  useQuery({
    queryKey: ["outcomes", "escalated"],
    queryFn: ({ signal }) => pollJson<Escalated>("/api/v1/outcomes/escalated", signal),
    refetchInterval: ESCALATED_EVERY,
  });
