/** Which case comes next: as the list stood when it was last looked at; pure but for that memory. */
import type { WorklistItem } from "@/api/types";
import { isBlocked, isClosed, isTaken, listed, type ListChoice } from "./model";

const AS_IT_WAITS: ListChoice = { view: "to_read", text: "", sort: { key: "due", descending: false } };

let looked = AS_IT_WAITS;

export function rememberList(choice: ListChoice): void {
  looked = choice;
}

export const rememberedList = (): ListChoice => looked;

/**
 * The case beside one in the list, past those that others have in hand. One that has left the list, as a case does that
 * was just signed, is followed by the first.
 */
export function beside(
  items: readonly WorklistItem[],
  choice: ListChoice,
  from: { readonly itemId: string; readonly personId: string },
  by: 1 | -1,
): WorklistItem | null {
  const { itemId, personId } = from;
  const mine = (item: WorklistItem): boolean => item.worklist_item_id === itemId || !isTaken(item, personId);
  const open = listed(items, choice, personId).filter(mine);
  const at = open.findIndex(({ worklist_item_id }) => worklist_item_id === itemId);
  if (at < 0) return by > 0 ? (open[0] ?? null) : null;
  return open[at + by] ?? null;
}

/** The cases that come after one in the list, or that lead it, as far as they can be read here and now. */
export function following(
  items: readonly WorklistItem[],
  choice: ListChoice,
  from: { readonly itemId: string; readonly personId: string },
  count: number,
): WorklistItem[] {
  const ready = (item: WorklistItem): boolean =>
    item.worklist_item_id === from.itemId ||
    (!isTaken(item, from.personId) && !isClosed(item) && !isBlocked(item) && item.images_state === "complete");
  const open = listed(items, choice, from.personId).filter(ready);
  const at = open.findIndex(({ worklist_item_id }) => worklist_item_id === from.itemId);
  return open.slice(at + 1, at + 1 + count);
}
