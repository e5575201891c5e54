import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from "@tanstack/react-query";
import { call, getJson, sendJson } from "@/api/client";
import type { EnrolmentLink, Grant, ListedPerson, NewPerson } from "@/api/types";

const KEY = ["people"] as const;

export function usePeople(): UseQueryResult<readonly ListedPerson[]> {
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => getJson<readonly ListedPerson[]>("/api/v1/people", signal),
  });
}

function useThenAsk<Answer, Asked>(verb: (asked: Asked) => Promise<Answer>): UseMutationResult<Answer, Error, Asked> {
  const client = useQueryClient();
  return useMutation({ mutationFn: verb, onSettled: () => client.invalidateQueries({ queryKey: KEY }) });
}

const path = (personId: string): string => `/api/v1/people/${encodeURIComponent(personId)}`;

export const useAddPerson = (): UseMutationResult<EnrolmentLink, Error, NewPerson> =>
  useThenAsk((person: NewPerson) => sendJson<EnrolmentLink>("POST", "/api/v1/people", person));

export interface LinkWanted {
  readonly personId: string;
  /** The keys and the password of before end with it: for what was lost. */
  readonly replace: boolean;
}

export const useNewLink = (): UseMutationResult<EnrolmentLink, Error, LinkWanted> =>
  useThenAsk(({ personId, replace }: LinkWanted) =>
    sendJson<EnrolmentLink>("POST", `${path(personId)}/enrolment?replace=${String(replace)}`),
  );

export interface LockWanted {
  readonly personId: string;
  readonly locked: boolean;
}

export const useLockPerson = (): UseMutationResult<Response, Error, LockWanted> =>
  useThenAsk(({ personId, locked }: LockWanted) =>
    call(`${path(personId)}/lock?locked=${String(locked)}`, { method: "POST" }),
  );

export interface GrantWanted {
  readonly personId: string;
  readonly grant: Grant;
  readonly give: boolean;
}

export const useGrant = (): UseMutationResult<Response, Error, GrantWanted> =>
  useThenAsk(({ personId, grant, give }: GrantWanted) =>
    call(`${path(personId)}/grants`, { method: give ? "POST" : "DELETE", json: grant }),
  );
