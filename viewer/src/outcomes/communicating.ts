import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from "@tanstack/react-query";
import { pollJson, sendJson } from "@/api/client";
import type { Communication, Communications } from "@/api/types";

const EVERY = 15_000;
const OPEN = ["outcomes", "communications"] as const;
const path = (itemId: string): string => `/api/v1/worklist/${encodeURIComponent(itemId)}/communications`;
const key = (itemId: string): readonly string[] => ["communications", itemId];

export type Grade = Communication["grade"];
export type Method = Communication["tellings"][number]["method"];
export const GRADES: readonly Grade[] = [1, 2, 3];
export const METHODS: readonly Method[] = ["telephone", "in_person", "secure_message"];

/** What no hospital has acknowledged yet, what is due first. */
export const useOpenCommunications = (enabled: boolean): UseQueryResult<Communications> =>
  useQuery({
    queryKey: OPEN,
    queryFn: ({ signal }) => pollJson<Communications>("/api/v1/outcomes/communications", signal),
    refetchInterval: EVERY,
    enabled,
  });

/** All communications about a case, asked again while the page stands. */
export const useCommunications = (itemId: string, enabled: boolean): UseQueryResult<Communications> =>
  useQuery({
    queryKey: key(itemId),
    queryFn: ({ signal }) => pollJson<Communications>(path(itemId), signal),
    refetchInterval: EVERY,
    enabled,
  });

export interface Opening {
  readonly what: "open";
  readonly communication_id: string;
  readonly grade: Grade;
  readonly finding: string;
}
export interface Telling {
  readonly what: "told";
  readonly of: string;
  readonly recipient: string;
  readonly method: Method;
  readonly at: string;
  readonly read_back: boolean;
}
export interface Acknowledging {
  readonly what: "acknowledged";
  readonly of: string;
  readonly note: string;
}
export type Said = Opening | Telling | Acknowledging;

const sent = (itemId: string, said: Said): Promise<Communications> => {
  if (said.what === "open") {
    const { communication_id, grade, finding } = said;
    return sendJson<Communications>("POST", path(itemId), { communication_id, grade, finding });
  }
  const { what, of, ...told } = said;
  return sendJson<Communications>("POST", `${path(itemId)}/${encodeURIComponent(of)}/${what}`, told);
};

export function useSay(itemId: string): UseMutationResult<Communications, Error, Said> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (said: Said) => sent(itemId, said),
    onSuccess: (found) => client.setQueryData(key(itemId), found),
    onError: () => client.invalidateQueries({ queryKey: key(itemId) }),
    onSettled: () => client.invalidateQueries({ queryKey: OPEN }),
  });
}
