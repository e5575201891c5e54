import type { Proof } from "@/session/Prove";
import {
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type InfiniteData,
  type UseInfiniteQueryResult,
  type UseMutationResult,
  type UseQueryResult,
} from "@tanstack/react-query";
import { ApiProblem, call, getJson, sendJson } from "@/api/client";
import type { AuditPage, AuditPerson, AuditReview, AuditReviewStart, AuditState, AuditStudy } from "@/api/types";
import { questionOf, type Filters } from "./filters";

const REVIEWS_KEY = ["audit", "reviews"] as const;

export function useEntries(filters: Filters): UseInfiniteQueryResult<InfiniteData<AuditPage>> {
  return useInfiniteQuery({
    queryKey: ["audit", "entries", filters],
    queryFn: ({ pageParam, signal }) => {
      const asked = questionOf(filters);
      if (pageParam !== null) asked.set("before", String(pageParam));
      return getJson<AuditPage>(`/api/v1/audit/entries?${asked.toString()}`, signal);
    },
    initialPageParam: null as number | null,
    getNextPageParam: (last) => last.before,
  });
}

export function useAuditPeople(): UseQueryResult<readonly AuditPerson[]> {
  return useQuery({
    queryKey: ["audit", "people"],
    queryFn: ({ signal }) => getJson<readonly AuditPerson[]>("/api/v1/audit/people", signal),
    staleTime: 60_000,
  });
}

/** Null for an auditor of a site: the chain, the anchor and the reviews are the centre's. */
async function orNull<T>(ask: Promise<T>): Promise<T | null> {
  try {
    return await ask;
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 403) return null;
    throw error;
  }
}

export function useAuditState(): UseQueryResult<AuditState | null> {
  return useQuery({
    queryKey: ["audit", "state"],
    queryFn: ({ signal }) => orNull(getJson<AuditState>("/api/v1/audit/state", signal)),
  });
}

export function useReviews(): UseQueryResult<readonly AuditReview[] | null> {
  return useQuery({
    queryKey: REVIEWS_KEY,
    queryFn: ({ signal }) => orNull(getJson<readonly AuditReview[]>("/api/v1/audit/reviews", signal)),
  });
}

function useThenAsk<Answer, Asked>(verb: (asked: Asked) => Promise<Answer>): UseMutationResult<Answer, Error, Asked> {
  const client = useQueryClient();
  return useMutation({ mutationFn: verb, onSettled: () => client.invalidateQueries({ queryKey: REVIEWS_KEY }) });
}

/** In the body, so that no address and no log of addresses has a patient's number. */
export const useSeek = (): UseMutationResult<readonly AuditStudy[], Error, string> =>
  useMutation({
    mutationFn: (text: string) => sendJson<readonly AuditStudy[]>("POST", "/api/v1/audit/studies", { text }),
  });

export interface AnomalyWanted {
  readonly month: string;
  readonly text: string;
  readonly sequence: number | null;
}

const reviewPath = (month: string): string => `/api/v1/audit/reviews/${encodeURIComponent(month)}`;

export const useNoteAnomaly = (): UseMutationResult<Response, Error, AnomalyWanted> =>
  useThenAsk(({ month, text, sequence }: AnomalyWanted) =>
    call(`${reviewPath(month)}/anomalies`, { method: "POST", json: { text, sequence } }),
  );

export interface ResolutionWanted {
  readonly anomalyId: string;
  readonly resolution: string;
}

export const useCloseAnomaly = (): UseMutationResult<Response, Error, ResolutionWanted> =>
  useThenAsk(({ anomalyId, resolution }: ResolutionWanted) =>
    call(`/api/v1/audit/anomalies/${encodeURIComponent(anomalyId)}/resolution`, {
      method: "POST",
      json: { resolution },
    }),
  );

export const beginReviewSignature = (month: string): Promise<AuditReviewStart> =>
  sendJson<AuditReviewStart>("POST", `${reviewPath(month)}/signature/begin`, {});

export interface SignatureWanted {
  readonly start: AuditReviewStart;
  readonly month: string;
  readonly prove: () => Promise<Proof>;
}

export const useSignReview = (): UseMutationResult<Response, Error, SignatureWanted> =>
  useThenAsk(async ({ start, month, prove }: SignatureWanted) => {
    const proof = await prove();
    return call(`${reviewPath(month)}/signature`, { method: "POST", json: { digest: start.digest, ...proof } });
  });

export type ExportForm = "utf-8" | "shift_jis";

export function exportAddress(filters: Filters, form: ExportForm): string {
  const asked = questionOf(filters);
  asked.set("form", form);
  return `/api/v1/audit/export?${asked.toString()}`;
}
