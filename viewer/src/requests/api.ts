import {
  useMutation,
  useQuery,
  useQueryClient,
  type QueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from "@tanstack/react-query";
import { ApiProblem, call, getJson, pollJson, sendJson } from "@/api/client";
import type { WaitingPapers } from "@/api/types";
import { WORKLIST_KEY } from "@/worklist/api";
import type { Tab } from "./model";
import type { Proposal, ReadingRequest, RequestIn, RequestList, RequestState } from "./shapes";

const KEY = ["requests"] as const;
const PATH = "/api/v1/requests";
const EVERY = 5000;
export const STALE_AFTER = 3 * EVERY;

export const requestPath = (requestId: string): string => `${PATH}/${encodeURIComponent(requestId)}`;
export const attachmentPath = (requestId: string, number: number): string =>
  `${requestPath(requestId)}/attachments/${number}`;
const requestKey = (requestId: string): readonly string[] => [...KEY, "one", requestId];

export function useRequests(siteId: string, tab: Tab): UseQueryResult<RequestList> {
  const asked = new URLSearchParams({ ...(siteId && { site_id: siteId }), ...(tab !== "all" && { state: tab }) });
  return useQuery({
    queryKey: [...KEY, "list", siteId, tab],
    queryFn: ({ signal }) => pollJson<RequestList>(`${PATH}?${asked.toString()}`, signal),
    refetchInterval: EVERY,
  });
}

export interface Sought {
  readonly text?: string;
  readonly patient_id?: string;
  readonly site_id?: string;
  readonly state?: RequestState | null;
}

/** The latest requests, however old, that somebody looks for; posted, for a name stands in no address. */
export function useSought(sought: Sought, enabled: boolean): UseQueryResult<RequestList> {
  return useQuery({
    queryKey: [...KEY, "sought", sought],
    queryFn: () => sendJson<RequestList>("POST", `${PATH}/search`, sought),
    enabled,
  });
}

/** One request; while somebody writes in it, its page must not be told anew. */
export function useRequest(requestId: string, { watched = true, enabled = true } = {}): UseQueryResult<ReadingRequest> {
  return useQuery({
    queryKey: requestKey(requestId),
    queryFn: ({ signal }) => pollJson<ReadingRequest>(requestPath(requestId), signal),
    enabled,
    refetchInterval: watched ? EVERY : false,
    refetchOnWindowFocus: watched,
  });
}

/** The studies that may be meant, for a match by hand. */
export function useStudies(requestId: string, wanted: boolean): UseQueryResult<readonly Proposal[]> {
  return useQuery({
    queryKey: [...requestKey(requestId), "studies"],
    queryFn: async ({ signal }) =>
      (await getJson<{ items: readonly Proposal[] }>(`${requestPath(requestId)}/studies`, signal)).items,
    enabled: wanted,
  });
}

/** The request of a case; null where it has none. */
export function useCaseRequest(itemId: string, { wanted = true } = {}): UseQueryResult<ReadingRequest | null> {
  return useQuery({
    queryKey: [...KEY, "case", itemId],
    queryFn: async ({ signal }) => {
      try {
        return await pollJson<ReadingRequest>(`/api/v1/worklist/${encodeURIComponent(itemId)}/request`, signal);
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 404) return null;
        throw error;
      }
    },
    enabled: wanted,
    refetchInterval: 3 * EVERY,
  });
}

/** Everything that shows requests, and the cases that they belong to, is asked again. */
export async function told(client: QueryClient, request: ReadingRequest | undefined): Promise<void> {
  if (request !== undefined) client.setQueryData(requestKey(request.request_id), request);
  await Promise.all([
    client.invalidateQueries({ queryKey: KEY }),
    client.invalidateQueries({ queryKey: WORKLIST_KEY }),
    client.invalidateQueries({ queryKey: ["worklist-item"] }),
  ]);
}

function useVerb<Asked>(
  verb: (asked: Asked) => Promise<ReadingRequest>,
): UseMutationResult<ReadingRequest, Error, Asked> {
  const client = useQueryClient();
  return useMutation({ mutationFn: verb, onSettled: (request) => void told(client, request) });
}

export interface Placing {
  readonly siteId: string;
  readonly request: RequestIn;
}

export const usePlace = (): UseMutationResult<ReadingRequest, Error, Placing> =>
  useVerb(({ siteId, request }: Placing) => sendJson<ReadingRequest>("POST", PATH, { ...request, site_id: siteId }));

/** The version that we know stands in If-Match: another's words are never written over (RFC 9110 13.1.1). */
export async function putRequest(requestId: string, json: RequestIn, version: number): Promise<ReadingRequest> {
  const headers = { "If-Match": `"${version}"` };
  const answer = await call(requestPath(requestId), { method: "PUT", json, headers, repeatable: true });
  return (await answer.json()) as ReadingRequest;
}

export type Settling = "cancel" | "unmatch" | "resolve";

/** What needs a reason that stays with the request. */
export const useSettle = (
  requestId: string,
): UseMutationResult<ReadingRequest, Error, { readonly verb: Settling; readonly because: string }> =>
  useVerb(({ verb, because }: { readonly verb: Settling; readonly because: string }) =>
    sendJson<ReadingRequest>("POST", `${requestPath(requestId)}/${verb}`, { because }),
  );

export const useMatch = (requestId: string): UseMutationResult<ReadingRequest, Error, string> =>
  useVerb((studyInstanceUid: string) =>
    sendJson<ReadingRequest>("POST", `${requestPath(requestId)}/match`, { study_instance_uid: studyInstanceUid }),
  );

/** Papers that came in studies of their own and belong to no request yet. */
export function useWaitingPapers(enabled: boolean): UseQueryResult<readonly WaitingPapers[]> {
  return useQuery({
    queryKey: [...KEY, "papers"],
    queryFn: async ({ signal }) =>
      (await pollJson<{ items: readonly WaitingPapers[] }>("/api/v1/request-papers", signal)).items,
    enabled,
    refetchInterval: 3 * EVERY,
  });
}

export interface PapersDecision {
  readonly verb: "join" | "refuse";
  readonly request_id: string;
  readonly study_instance_uid: string;
  readonly because: string;
}

export const useDecidePapers = (): UseMutationResult<ReadingRequest, Error, PapersDecision> =>
  useVerb(({ verb, ...said }: PapersDecision) =>
    sendJson<ReadingRequest>("POST", `/api/v1/request-papers/${verb}`, said),
  );

/** One file goes beside a request. */
export async function attach(requestId: string, file: File): Promise<ReadingRequest> {
  const name = new URLSearchParams({ name: file.name });
  const answer = await call(`${requestPath(requestId)}/attachments?${name.toString()}`, { method: "POST", file });
  return (await answer.json()) as ReadingRequest;
}
