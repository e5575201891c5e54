/** The list as it is kept here: whole now and then, otherwise by what has changed; pure. */
import type { Worklist, WorklistChanges, WorklistItem } from "@/api/types";

/** How long changes are added until the whole list is asked for again. */
export const WHOLE_EVERY = 5 * 60_000;

/** A list with what has changed in it; threads that the answer does not name have nothing that waits. */
export function withChanges(list: Worklist, { items, threads, as_of }: WorklistChanges): Worklist {
  const changed = new Map(items.map((item) => [item.worklist_item_id, item]));
  const waits = new Map(threads.map((thread) => [thread.worklist_item_id, thread]));
  const kept = list.items.map((item) => {
    const now = changed.get(item.worklist_item_id) ?? item;
    changed.delete(item.worklist_item_id);
    return withThread(now, waits.get(item.worklist_item_id));
  });
  const added = [...changed.values()].map((item) => withThread(item, waits.get(item.worklist_item_id)));
  return { ...list, items: [...kept, ...added], as_of };
}

function withThread(item: WorklistItem, thread: WorklistChanges["threads"][number] | undefined): WorklistItem {
  const unread = thread?.unread_messages ?? 0;
  const open = thread?.open_question ?? false;
  if (item.unread_messages === unread && item.open_question === open) return item;
  return { ...item, unread_messages: unread, open_question: open };
}
