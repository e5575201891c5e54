import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import type { PriorStudy, WorklistItem } from "@/api/types";
import { hang, type Hanging } from "@/hanging/hang";
import type { LoadedStudy } from "@/images/loadStudy";
import { chosenPriors, type AbsentPrior } from "./priors";
import { itemQuery, studyKey, studyQuery } from "./queries";

/** A case as it is opened: its item, its study, its priors as far as they are here, and how they hang. */
export interface OpenCase {
  readonly item: WorklistItem;
  readonly current: LoadedStudy;
  readonly priors: readonly LoadedStudy[];
  readonly absentPriors: readonly AbsentPrior[];
  readonly hanging: Hanging;
  /** Changes whenever there are other images to show: the room is then made anew. */
  readonly version: string;
  /** Brings what has arrived since the case was opened. */
  readonly refresh: () => void;
  /** Brings priors that have arrived since the case was opened; nothing waits for them. */
  readonly bring: (studyUids: readonly string[]) => void;
}

export interface CaseQuery {
  readonly opened: OpenCase | null;
  readonly error: Error | null;
}

const NO_PRIORS: readonly PriorStudy[] = [];

export function useCase(itemId: string): CaseQuery {
  const item = useQuery(itemQuery(itemId));
  const siteId = item.data?.site_id ?? "";
  const studyUid = item.data?.study_instance_uid ?? "";
  const current = useQuery({ ...studyQuery(siteId, studyUid), enabled: item.data !== undefined });
  const priors = usePriors(item.data);
  useForgetting(siteId, studyUid, priors.found);
  const { refetch } = current;
  const { refetch: refetchItem } = item;
  const opened = useMemo((): OpenCase | null => {
    if (item.data === undefined || current.data === undefined || !priors.settled) return null;
    const hanging = hang(
      current.data.study,
      priors.found.map((prior) => prior.study),
    );
    return {
      item: item.data,
      current: current.data,
      priors: priors.found,
      absentPriors: priors.absent,
      hanging,
      version: [current.data, ...priors.found].map(({ etag }) => etag).join(" "),
      refresh: () => void refetch(),
      bring: (studyUids) => {
        priors.ask(studyUids);
        void refetchItem();
      },
    };
  }, [item.data, current.data, priors, refetch, refetchItem]);
  return { opened, error: item.error ?? (current.data === undefined ? current.error : null) };
}

/** What was described of this case is forgotten when the room is left. */
function useForgetting(siteId: string, studyUid: string, priors: readonly LoadedStudy[]): void {
  const client = useQueryClient();
  const uids = useRef<readonly string[]>([]);
  useEffect(() => {
    uids.current = [studyUid, ...priors.map(({ study }) => study.studyInstanceUid)];
  }, [studyUid, priors]);
  useEffect(
    () => () => {
      for (const uid of uids.current) client.removeQueries({ queryKey: studyKey(siteId, uid) });
    },
    [client, siteId],
  );
}

interface Priors {
  /** Those that open with the case are here, or failed at least once. */
  readonly settled: boolean;
  readonly found: readonly LoadedStudy[];
  readonly absent: readonly AbsentPrior[];
  readonly ask: (studyUids: readonly string[]) => void;
}

function usePriors(item: WorklistItem | undefined): Priors {
  const [asked, setAsked] = useState<ReadonlySet<string>>(new Set());
  const known = item?.priors ?? NO_PRIORS;
  const modalities = item?.modalities;
  const chosen = useMemo(() => chosenPriors(known, modalities ?? [], asked), [known, modalities, asked]);
  const siteId = item?.site_id ?? "";
  const answers = useQueries({
    queries: chosen.map((prior) => studyQuery(siteId, prior.study_instance_uid)),
    combine: (all) =>
      all.map(({ data, error, errorUpdateCount, refetch }) => ({ data, error, errorUpdateCount, refetch })),
  });
  return useMemo((): Priors => {
    const here = (index: number): boolean => answers[index]?.data !== undefined;
    return {
      settled: chosen.every(
        (prior, index) =>
          here(index) || asked.has(prior.study_instance_uid) || (answers[index]?.errorUpdateCount ?? 0) > 0,
      ),
      found: answers.map(({ data }) => data).filter((data) => data !== undefined),
      absent: known.flatMap((prior): AbsentPrior[] => {
        const index = chosen.indexOf(prior);
        if (here(index)) return [];
        const bring = (): void => {
          if (index >= 0) void answers[index]?.refetch();
          else setAsked((before) => new Set([...before, prior.study_instance_uid]));
        };
        return [{ prior, error: answers[index]?.error ?? null, bring }];
      }),
      ask: (studyUids) => setAsked((before) => new Set([...before, ...studyUids])),
    };
  }, [answers, asked, chosen, known]);
}
