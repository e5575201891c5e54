import { useQueryClient } from "@tanstack/react-query";
import { useLocation } from "wouter";
import type { WorklistItem } from "@/api/types";
import { beginAhead } from "@/images/decode/pool";
import { chosenPriors } from "@/reading/priors";
import { studyQuery } from "@/reading/queries";
import { useSession } from "@/session/api";
import { useHold } from "./api";
import { isBlocked, isClosed, isTaken } from "./model";

/** In milliseconds. */
const WHILE_CLAIMED = 10_000;

export interface Opening {
  readonly open: (item: WorklistItem) => void;
  readonly mayClaim: boolean;
  readonly pending: boolean;
  readonly error: Error | null;
  /** The case that the error is about. */
  readonly failedId: string | undefined;
}

/** Opens a case, beside its images for who may see them: claimed first where this person may read it and it is free. */
export function useOpen(): Opening {
  const [, go] = useLocation();
  const client = useQueryClient();
  const { session } = useSession();
  const room = session.permissions.includes("images.read") ? "read" : "cases";
  const placeOf = (itemId: string): string => `/${room}/${encodeURIComponent(itemId)}`;
  const claim = useHold("claim", (itemId) => go(placeOf(itemId)));
  const mayClaim = session.permissions.includes("worklist.claim");
  const open = (item: WorklistItem): void => {
    if (
      !mayClaim ||
      isTaken(item, session.person.person_id) ||
      isClosed(item) ||
      isBlocked(item) ||
      item.my_role === null
    ) {
      go(placeOf(item.worklist_item_id));
      return;
    }
    if (claim.isPending) return;
    // The room asks for these next: they come while the case is claimed.
    if (room === "read") {
      beginAhead();
      const priors = chosenPriors(item.priors, item.modalities);
      for (const { study_instance_uid: uid } of [item, ...priors]) {
        client.query(studyQuery(item.site_id, uid, { gcTime: WHILE_CLAIMED })).catch(() => undefined);
      }
    }
    claim.mutate(item.worklist_item_id);
  };
  return { open, mayClaim, pending: claim.isPending, error: claim.error, failedId: claim.variables };
}
