import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { pollJson } from "@/api/client";
import type { WorklistItem } from "@/api/types";
import { hang } from "@/hanging/hang";
import type { Frame, Study } from "@/images/frame";
import { lineUse } from "@/images/lineUse";
import type { LoadedStudy } from "@/images/loadStudy";
import { packs } from "@/packs/packs";
import { chosenPriors } from "@/reading/priors";
import { studyQuery } from "@/reading/queries";
import { worklistNow } from "@/worklist/api";
import { following, rememberedList } from "@/worklist/neighbours";
import { AHEAD_HEADERS, bringAhead } from "./bring";
import { orderOf } from "./plan";

/** So many cases are brought before they are opened. */
const CASES = 3;
const FIRST_AFTER = 3_000;
const AGAIN_AFTER = 10_000;
/** A study's description is kept in memory so long for its opening. */
const KEPT_FOR = 30 * 60_000;

/** The next cases of the list come to this computer while the reader reads (or looks at the list). */
export function useAhead(wanted: boolean, personId: string, openItemId: string): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!wanted) return;
    const leaving = new AbortController();
    const { signal } = leaving;
    let timer = setTimeout(() => void round(), FIRST_AFTER);
    const round = async (): Promise<void> => {
      await bringNext(client, { personId, itemId: openItemId }, signal).catch(() => undefined);
      if (!signal.aborted) timer = setTimeout(() => void round(), AGAIN_AFTER);
    };
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [wanted, client, personId, openItemId]);
}

interface Place {
  readonly personId: string;
  readonly itemId: string;
}

async function bringNext(client: QueryClient, from: Place, signal: AbortSignal): Promise<void> {
  if (!packs.state().open) return;
  await lineUse.free(signal);
  const { items } = await worklistNow(client);
  const needed: Frame[] = [];
  const open = items.find(({ worklist_item_id }) => worklist_item_id === from.itemId);
  if (open !== undefined) needed.push(...(await framesOf(client, open, signal)));
  for (const item of following(items, rememberedList(), from, CASES)) {
    signal.throwIfAborted();
    await lineUse.free(signal);
    const frames = await framesOf(client, item, signal);
    needed.push(...frames);
    await packs.need(needed);
    if (!(await bringAhead(frames, { packs, line: lineUse, signal }))) return;
  }
}

/** What opening this case will show, in the order in which it is seen; its studies are described once. */
async function framesOf(client: QueryClient, item: WorklistItem, signal: AbortSignal): Promise<Frame[]> {
  const path = `/api/v1/worklist/${encodeURIComponent(item.worklist_item_id)}`;
  const { priors: known } = await pollJson<WorklistItem>(path, signal);
  const chosen = chosenPriors(known, item.modalities).map((prior) => prior.study_instance_uid);
  const [current, ...priors] = await Promise.all(
    [item.study_instance_uid, ...chosen].map((uid) =>
      client.query(studyQuery(item.site_id, uid, { headers: AHEAD_HEADERS, gcTime: KEPT_FOR })),
    ),
  );
  return current === undefined ? [] : orderOf(hang(current.study, priors.map(studyOf)));
}

const studyOf = ({ study }: LoadedStudy): Study => study;
