import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState, useSyncExternalStore } from "react";
import type { MessageAttachment, MessageDraft, Thread } from "@/api/types";
import { InHand } from "@/kept/inHand";
import { useInHand } from "@/kept/useInHand";
import { attach, putDraft, removeAttachment, threadKey, useSay } from "./api";
import { DraftKeeper, type Keeping, type TypedMessage } from "./keeper";
import { draftOf, sendingOf } from "./model";

type MessageInHand = InHand<TypedMessage, DraftKeeper>;

export interface Composer {
  readonly draft: MessageDraft;
  readonly state: Keeping;
  readonly keeper: DraftKeeper;
  readonly hand: MessageInHand;
  readonly busy: boolean;
  readonly error: unknown;
  readonly send: () => void;
  readonly bring: (files: Iterable<File>) => void;
  readonly takeBack: (file: MessageAttachment) => void;
}

const taken = (itemId: string, thread: Thread): MessageInHand =>
  new InHand("message", itemId, new DraftKeeper(draftOf(thread.draft), (draft) => putDraft(itemId, draft)));

const newId = (): string => crypto.randomUUID().replaceAll("-", "");

/** What one person writes on one case: kept at the hub as it is typed, sent once however often it is tried. */
export function useComposer(itemId: string, thread: Thread): Composer {
  const client = useQueryClient();
  const say = useSay(itemId);
  const hand = useInHand("message", itemId, () => taken(itemId, thread));
  const keeper = hand.bringer;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const name = useRef({ of: "", id: "" });
  const draft = useSyncExternalStore(keeper.subscribe, keeper.currentDraft);
  const state = useSyncExternalStore(keeper.subscribe, keeper.currentState);

  const work = (doing: () => Promise<unknown>): void => {
    setBusy(true);
    setError(null);
    void doing()
      .catch(setError)
      .finally(() => setBusy(false));
  };
  const renewed = (): Promise<void> => client.invalidateQueries({ queryKey: threadKey(itemId) });
  const send = (): void =>
    work(async () => {
      await keeper.hold();
      const said = JSON.stringify([draft, thread.unsent]);
      if (name.current.of !== said) name.current = { of: said, id: newId() };
      const { path, body } = sendingOf(draft, thread.unsent, name.current.id);
      try {
        await say(path, body);
        keeper.release(true);
      } catch (reason) {
        keeper.release(false);
        throw reason;
      }
    });
  return {
    draft,
    state,
    keeper,
    hand,
    busy,
    error,
    send,
    bring: (files) =>
      work(async () => {
        for (const file of files) await attach(itemId, file).finally(renewed);
      }),
    takeBack: (file) => work(() => removeAttachment(file).finally(renewed)),
  };
}
