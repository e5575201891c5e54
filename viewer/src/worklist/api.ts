import {
  useMutation,
  useQuery,
  useQueryClient,
  type QueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from "@tanstack/react-query";
import { pollJson, sendJson } from "@/api/client";
import type { CaseWay, Worklist, WorklistChanges, WorklistItem } from "@/api/types";
import { readyIn, remember, type Seen } from "./arrival";
import { WHOLE_EVERY, withChanges } from "./changes";

export const WORKLIST_KEY = ["worklist"] as const;
const PATH = "/api/v1/worklist";
const EVERY = 4000;

/** How long without an answer until the list no longer calls itself live. */
export const STALE_AFTER = 3 * EVERY;

export interface WatchedWorklist extends Worklist {
  /** When the whole list was asked for. */
  readonly wholeAt: number;
  /** Milliseconds until a study that is still coming will be here, by worklist item. */
  readonly readyIn: Readonly<Record<string, number | null>>;
}

const arrivals = new Map<string, readonly Seen[]>();

/** Remembers how many instances had arrived when, for as long as a study is coming. */
function watched(list: Worklist, at: number, wholeAt: number): WatchedWorklist {
  const coming = list.items.filter(({ images_state }) => images_state === "arriving");
  const before = new Map(arrivals);
  arrivals.clear();
  for (const { worklist_item_id: id, arrived_instances: arrived } of coming) {
    arrivals.set(id, remember(before.get(id) ?? [], { at, arrived }));
  }
  const readyIns = coming.map(({ worklist_item_id: id, declared_instances: declared }) => [
    id,
    readyIn(arrivals.get(id) ?? [], declared),
  ]);
  return { ...list, wholeAt, readyIn: Object.fromEntries(readyIns) as WatchedWorklist["readyIn"] };
}

interface Asking {
  readonly client: QueryClient;
  readonly signal: AbortSignal;
}

/** The list as this page has it, brought up to date; whole where it has none, or none that is young enough. */
async function upToDate({ client, signal }: Asking): Promise<WatchedWorklist> {
  const had = client.getQueryData<WatchedWorklist>(WORKLIST_KEY);
  const now = Date.now();
  if (had === undefined || now - had.wholeAt > WHOLE_EVERY) {
    return watched(await pollJson<Worklist>(PATH, signal), now, now);
  }
  const since = new URLSearchParams({ since: had.as_of }).toString();
  const changes = await pollJson<WorklistChanges>(`${PATH}/changes?${since}`, signal);
  return watched(withChanges(had, changes), Date.now(), had.wholeAt);
}

const worklistQuery = { queryKey: WORKLIST_KEY, queryFn: upToDate };

/** The list as it is now, asked for once. */
export const worklistNow = (client: QueryClient): Promise<WatchedWorklist> =>
  client.query({ ...worklistQuery, staleTime: 0 });

export function useWorklist(): UseQueryResult<WatchedWorklist> {
  return useQuery({
    ...worklistQuery,
    refetchInterval: EVERY,
    refetchOnWindowFocus: true,
  });
}

/** The latest cases, however old, in which every word is found; the list itself has the open ones and the last done. */
export function useOlder(text: string, enabled: boolean): UseQueryResult<readonly WorklistItem[]> {
  return useQuery({
    queryKey: [...WORKLIST_KEY, "search", text],
    // Posted: a patient's name stands in no address.
    queryFn: async () => (await sendJson<Worklist>("POST", `${PATH}/search`, { text })).items,
    enabled,
  });
}

export function useWorklistItem(itemId: string): UseQueryResult<WorklistItem> {
  return useQuery({
    queryKey: [...WORKLIST_KEY, itemId],
    queryFn: ({ signal }) => pollJson<WorklistItem>(`/api/v1/worklist/${encodeURIComponent(itemId)}`, signal),
    refetchInterval: EVERY,
  });
}

/** How far a case has come, on both sides of the hub. */
export function useWay(itemId: string): UseQueryResult<CaseWay> {
  return useQuery({
    queryKey: [...WORKLIST_KEY, itemId, "way"],
    queryFn: ({ signal }) => pollJson<CaseWay>(`/api/v1/worklist/${encodeURIComponent(itemId)}/way`, signal),
    refetchInterval: EVERY,
  });
}

type Verb = "claim" | "release";

/** Takes a case or gives it back; the list is asked again at once, whatever the answer was. */
export function useHold(verb: Verb, done?: (itemId: string) => void): UseMutationResult<unknown, Error, string> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (itemId: string) => sendJson("POST", `/api/v1/worklist/${encodeURIComponent(itemId)}/${verb}`),
    // The answer is the case as it is now: whoever opens it next need not ask again, nor wait for the list.
    onSuccess: (answer, itemId) => {
      client.setQueryData(["worklist-item", itemId], answer);
      done?.(itemId);
    },
    // Which reading is theirs decides whose report they see.
    onSettled: (_answer, _error, itemId) =>
      Promise.all([
        client.invalidateQueries({ queryKey: WORKLIST_KEY }),
        client.invalidateQueries({ queryKey: ["report", itemId] }),
      ]),
  });
}

/** Moves a case in the queue; what is still to come of an urgent one overtakes at the hospital's gateway. */
export function usePriority(): UseMutationResult<unknown, Error, { itemId: string; priority: "urgent" | "routine" }> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ itemId, priority }) =>
      sendJson("PUT", `/api/v1/worklist/${encodeURIComponent(itemId)}/priority`, { priority }),
    onSettled: () => client.invalidateQueries({ queryKey: WORKLIST_KEY }),
  });
}
