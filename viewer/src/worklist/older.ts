/** Cases that were finished before the list's last ones; pure. */
import type { WorklistItem } from "@/api/types";
import { isClosed } from "./model";

/** As many finished cases as the hub lists by itself. */
export const FINISHED_LISTED = 100;

/** The list with what the hub found beyond it; what both have is taken from the list, which is newer. */
export function withOlder(
  list: readonly WorklistItem[],
  older: readonly WorklistItem[] | undefined,
): readonly WorklistItem[] {
  if (older === undefined || older.length === 0) return list;
  const known = new Set(list.map(({ worklist_item_id }) => worklist_item_id));
  return [...list, ...older.filter(({ worklist_item_id }) => !known.has(worklist_item_id))];
}

/** Whether there may be more finished cases than these. */
export const mayHaveMore = (items: readonly WorklistItem[]): boolean =>
  items.filter(isClosed).length >= FINISHED_LISTED;

/** Which cases those are; undefined where nothing is looked for. */
export const foundIn = (items: readonly WorklistItem[] | undefined): ReadonlySet<string> | undefined =>
  items && new Set(items.map(({ worklist_item_id }) => worklist_item_id));
