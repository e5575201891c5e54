import { getJson } from "@/api/client";
import type { WorklistItem } from "@/api/types";
import { loadStudy, type LoadedStudy } from "@/images/loadStudy";

/** What is asked for to open a case; the same questions where it is brought ahead, so that an answer serves both. */

interface Asked<T> {
  readonly queryKey: readonly string[];
  readonly queryFn: (context: { signal: AbortSignal }) => Promise<T>;
  readonly staleTime: number;
  readonly gcTime: number;
  readonly structuralSharing: false;
}

export const itemQuery = (itemId: string): Asked<WorklistItem> => ({
  queryKey: ["worklist-item", itemId],
  queryFn: ({ signal }) => getJson<WorklistItem>(`/api/v1/worklist/${encodeURIComponent(itemId)}`, signal),
  staleTime: Infinity,
  gcTime: 0,
  structuralSharing: false,
});

interface Before {
  /** They go with each request where nobody is at work. */
  readonly headers?: Record<string, string>;
  /** How long the answer waits for its opening, in milliseconds. */
  readonly gcTime?: number;
}

export const studyQuery = (
  siteId: string,
  uid: string,
  { headers = {}, gcTime = 0 }: Before = {},
): Asked<LoadedStudy> => ({
  queryKey: studyKey(siteId, uid),
  queryFn: ({ signal }) => loadStudy(siteId, uid, signal, headers),
  staleTime: Infinity,
  gcTime,
  structuralSharing: false,
});

/** A study that is still coming is another one when it is opened again: what was described is forgotten on leaving. */
export const studyKey = (siteId: string, uid: string): readonly string[] => ["study", siteId, uid];
