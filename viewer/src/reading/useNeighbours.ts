import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "@/session/api";
import { problemWords } from "@/ui/problem";
import { worklistNow } from "@/worklist/api";
import { beside, rememberedList } from "@/worklist/neighbours";
import { useOpen } from "@/worklist/useOpen";

export interface Neighbours {
  readonly go: (by: 1 | -1) => void;
  /** What became of it, in words for the strip; empty where nothing was asked. */
  readonly said: string;
}

/** The way from a case to the one beside it in the list, without leaving the room. */
export function useNeighbours(itemId: string): Neighbours {
  const { t } = useTranslation(["reading", "ui"]);
  const client = useQueryClient();
  const { session } = useSession();
  const opening = useOpen();
  const [end, setEnd] = useState<"first" | "last" | null>(null);
  const look = useMutation({
    mutationFn: async (by: 1 | -1) => {
      const { items } = await worklistNow(client);
      return beside(items, rememberedList(), { itemId, personId: session.person.person_id }, by);
    },
    onSuccess: (found, by) => {
      if (found !== null) opening.open(found);
      else setEnd(by > 0 ? "last" : "first");
    },
  });
  const go = (by: 1 | -1): void => {
    if (look.isPending || opening.pending) return;
    setEnd(null);
    look.mutate(by);
  };
  const error = look.error ?? opening.error;
  if (look.isPending || opening.pending) return { go, said: t("reading:beside.opening") };
  if (error !== null) return { go, said: t(`ui:problem.${problemWords(error).key}.what`) };
  return { go, said: end === null ? "" : t(`reading:beside.${end}`) };
}
