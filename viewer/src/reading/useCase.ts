import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { getJson } from "@/api/client";
import type { WorklistItem } from "@/api/types";
import { hang, type Hanging } from "@/hanging/hang";
import { loadStudy, type LoadedStudy } from "@/images/loadStudy";

/** A case as it is opened: its item, its study, its priors as far as they are here, and how they hang. */
export interface OpenCase {
  readonly item: WorklistItem;
  readonly current: LoadedStudy;
  readonly priors: readonly LoadedStudy[];
  readonly hanging: Hanging;
}

const MOST_PRIORS = 4;

export interface CaseQuery {
  readonly opened: OpenCase | null;
  readonly error: Error | null;
}

export function useCase(itemId: string): CaseQuery {
  const item = useQuery({
    queryKey: ["worklist-item", itemId],
    queryFn: ({ signal }) => getJson<WorklistItem>(`/api/v1/worklist/${encodeURIComponent(itemId)}`, signal),
    staleTime: Infinity,
  });
  const siteId = item.data?.site_id ?? "";
  const studyUid = item.data?.study_instance_uid ?? "";
  const current = useQuery({ ...studyQuery(siteId, studyUid), enabled: item.data !== undefined });
  const priorUids = (item.data?.priors ?? []).slice(0, MOST_PRIORS).map((prior) => prior.study_instance_uid);
  const priors = useQueries({
    queries: priorUids.map((uid) => studyQuery(siteId, uid)),
    combine: (answers) => ({
      settled: answers.every((one) => one.data !== undefined || one.error !== null),
      found: answers.map((one) => one.data).filter((one) => one !== undefined),
    }),
  });
  const opened = useMemo((): OpenCase | null => {
    if (item.data === undefined || current.data === undefined || !priors.settled) return null;
    const hanging = hang(
      current.data.study,
      priors.found.map((prior) => prior.study),
    );
    return { item: item.data, current: current.data, priors: priors.found, hanging };
  }, [item.data, current.data, priors.settled, priors.found]);
  return { opened, error: item.error ?? current.error };
}

const studyQuery = (
  siteId: string,
  uid: string,
): {
  queryKey: string[];
  queryFn: (context: { signal: AbortSignal }) => Promise<LoadedStudy>;
  staleTime: number;
  gcTime: number;
} => ({
  queryKey: ["study", siteId, uid],
  queryFn: ({ signal }) => loadStudy(siteId, uid, signal),
  staleTime: Infinity,
  gcTime: 60_000,
});
