import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from "@tanstack/react-query";
import { call, pollJson, sendJson } from "@/api/client";
import type { NewScreeningBatch, RosterOutcome, ScreeningBatch, ScreeningBatches } from "./shapes";

const PATH = "/api/v1/screening-batches";
const KEY = ["screening"] as const;
const EVERY = 10_000;
/** Counting everybody in every batch is more work than in one. */
const LIST_EVERY = 30_000;
export const STALE_AFTER = 3 * EVERY;
export const LIST_STALE_AFTER = 3 * LIST_EVERY;

const batchPath = (batchId: string): string => `${PATH}/${encodeURIComponent(batchId)}`;
const batchKey = (batchId: string): readonly string[] => [...KEY, "one", batchId];

export function useBatches(): UseQueryResult<ScreeningBatches> {
  return useQuery({
    queryKey: [...KEY, "list"],
    queryFn: ({ signal }) => pollJson<ScreeningBatches>(PATH, signal),
    refetchInterval: LIST_EVERY,
  });
}

export function useBatch(batchId: string, every: number = EVERY): UseQueryResult<ScreeningBatch> {
  return useQuery({
    queryKey: batchKey(batchId),
    queryFn: ({ signal }) => pollJson<ScreeningBatch>(batchPath(batchId), signal),
    refetchInterval: every,
  });
}

export function useMake(): UseMutationResult<ScreeningBatch, Error, NewScreeningBatch> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (batch: NewScreeningBatch) => sendJson<ScreeningBatch>("POST", PATH, batch),
    onSuccess: (made) => {
      client.setQueryData(batchKey(made.batch_id), made);
      void client.invalidateQueries({ queryKey: [...KEY, "list"] });
    },
  });
}

export interface RosterSent {
  readonly file: File;
  /** Without it the hub only says what would become of each line. */
  readonly take: boolean;
}

export function useRoster(batchId: string): UseMutationResult<RosterOutcome, Error, RosterSent> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ file, take }: RosterSent) => {
      const data = new Blob([await file.arrayBuffer()], { type: "text/csv" });
      const answer = await call(`${batchPath(batchId)}/roster?take=${take}`, { method: "POST", file: data });
      return (await answer.json()) as RosterOutcome;
    },
    onSettled: (_outcome, _error, { take }) => (take ? client.invalidateQueries({ queryKey: [...KEY] }) : undefined),
  });
}

export type Encoding = "utf-8" | "shift_jis";

/** Fetched first and then kept as a file, so that a refusal is said on the page and not saved in the file's place. */
export async function keepJudgements(batch: ScreeningBatch, encoding: Encoding): Promise<void> {
  const answer = await call(`${batchPath(batch.batch_id)}/judgements.csv?encoding=${encoding}`);
  const url = URL.createObjectURL(await answer.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = `判定_${batch.held_on.replaceAll("-", "")}_${batch.name}.csv`;
  link.click();
  URL.revokeObjectURL(url);
}
