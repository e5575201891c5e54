import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from "@tanstack/react-query";
import { call, getJson, pollJson, sendJson } from "@/api/client";
import type { ContractTerms, Reachable, SiteContactText, SiteDetail, SiteLine, SiteRegister } from "@/api/types";

const KEY = ["sites"] as const;
const PATH = "/api/v1/sites";
const REMINDED_EVERY = 15 * 60_000;
const HOURS_ASKED_EVERY = 60_000;

export const sitePath = (siteId: string): string => `${PATH}/${encodeURIComponent(siteId)}`;

export const useSites = ({ enabled = true } = {}): UseQueryResult<readonly SiteLine[]> =>
  useQuery({
    queryKey: [...KEY, "list"],
    queryFn: ({ signal }) => pollJson<readonly SiteLine[]>(PATH, signal),
    refetchInterval: REMINDED_EVERY,
    enabled,
  });

export const useSite = (siteId: string): UseQueryResult<SiteDetail> =>
  useQuery({
    queryKey: [...KEY, "one", siteId],
    queryFn: ({ signal }) => getJson<SiteDetail>(sitePath(siteId), signal),
  });

/** Whom to call now about a case; asked again, because the hour passes. */
export const useReachable = (itemId: string): UseQueryResult<Reachable> =>
  useQuery({
    queryKey: [...KEY, "reachable", itemId],
    queryFn: ({ signal }) => pollJson<Reachable>(`/api/v1/worklist/${encodeURIComponent(itemId)}/contacts`, signal),
    refetchInterval: HOURS_ASKED_EVERY,
  });

function useVerb<Asked, Answer = unknown>(
  verb: (asked: Asked) => Promise<Answer>,
): UseMutationResult<Answer, Error, Asked> {
  const client = useQueryClient();
  return useMutation({ mutationFn: verb, onSettled: () => client.invalidateQueries({ queryKey: KEY }) });
}

export interface NewSite {
  readonly site_id: string;
  readonly name: string;
  readonly name_en: string;
}

export const useAddSite = (): UseMutationResult<SiteDetail, Error, NewSite> =>
  useVerb((site: NewSite) => sendJson<SiteDetail>("POST", PATH, site));

export interface RegisterText extends SiteRegister {
  readonly name: string;
  readonly name_en: string;
  readonly version: number;
}

export const useWriteRegister = (siteId: string): UseMutationResult<unknown, Error, RegisterText> =>
  useVerb((register: RegisterText) => sendJson("PUT", `${sitePath(siteId)}/register`, register));

export interface ContractWritten {
  readonly terms: ContractTerms;
  readonly because: string;
  /** The version that it is made over, with the contract; null for a new contract. */
  readonly over: { readonly contractId: string; readonly version: number } | null;
}

export const useWriteContract = (siteId: string): UseMutationResult<unknown, Error, ContractWritten> =>
  useVerb(({ terms, because, over }: ContractWritten) => {
    const path = `${sitePath(siteId)}/contracts`;
    return over === null
      ? sendJson("POST", path, { ...terms, because })
      : sendJson("PUT", `${path}/${over.contractId}`, { ...terms, because, version: over.version });
  });

export interface Termination {
  readonly contractId: string;
  readonly version: number;
  readonly last_day: string;
  readonly because: string;
}

export const useTerminate = (siteId: string): UseMutationResult<unknown, Error, Termination> =>
  useVerb(({ contractId, ...body }: Termination) =>
    sendJson("POST", `${sitePath(siteId)}/contracts/${contractId}/termination`, body),
  );

export interface ContactWritten {
  readonly contact: SiteContactText;
  readonly over: { readonly contactId: string; readonly version: number } | null;
}

export const useWriteContact = (siteId: string): UseMutationResult<unknown, Error, ContactWritten> =>
  useVerb(({ contact, over }: ContactWritten) => {
    const path = `${sitePath(siteId)}/contacts`;
    return over === null
      ? sendJson("POST", path, contact)
      : sendJson("PUT", `${path}/${over.contactId}`, { ...contact, version: over.version });
  });

export const useEndContact = (siteId: string): UseMutationResult<unknown, Error, string> =>
  useVerb((contactId: string) => call(`${sitePath(siteId)}/contacts/${contactId}`, { method: "DELETE" }));

export interface ContactTest {
  readonly contactId: string;
  readonly on: string;
  readonly reached: boolean;
}

export const useTestContact = (siteId: string): UseMutationResult<unknown, Error, ContactTest> =>
  useVerb(({ contactId, ...body }: ContactTest) =>
    sendJson("POST", `${sitePath(siteId)}/contacts/${contactId}/test`, body),
  );
