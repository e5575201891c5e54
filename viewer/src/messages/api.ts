import { useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useCallback, useEffect } from "react";
import { call, pollJson, sendJson } from "@/api/client";
import type { Message, MessageAttachment, MessageDraft, Thread, UnreadMessages } from "@/api/types";
import { useMay } from "@/session/api";
import { WORKLIST_KEY } from "@/worklist/api";
import { holding } from "./model";

const EVERY = 4000;
const UNREAD_EVERY = 8000;
/** How long a message is in front of somebody before it counts as read. */
const LOOKED_AT = 1500;
const NOTHING: readonly Message[] = [];

export const threadPath = (itemId: string): string => `/api/v1/worklist/${encodeURIComponent(itemId)}/messages`;
export const threadKey = (itemId: string): readonly string[] => ["messages", itemId];

export function useThread(itemId: string): UseQueryResult<Thread> {
  const may = useMay();
  return useQuery({
    queryKey: threadKey(itemId),
    queryFn: ({ signal }) => pollJson<Thread>(threadPath(itemId), signal),
    refetchInterval: EVERY,
    refetchOnWindowFocus: true,
    enabled: may("messages.read"),
  });
}

/** The questions that hold this case's signature. */
export function useHolding(itemId: string): readonly Message[] {
  return holding(useThread(itemId).data?.messages ?? NOTHING);
}

/** How much is unread over all cases. */
export function useUnread(): number {
  const may = useMay();
  const query = useQuery({
    queryKey: ["messages", "unread"],
    queryFn: ({ signal }) => pollJson<UnreadMessages>("/api/v1/messages/unread", signal),
    refetchInterval: UNREAD_EVERY,
    enabled: may("messages.read"),
  });
  return query.data?.unread_messages ?? 0;
}

export type Say = (path: string, body?: unknown) => Promise<void>;

/** One change to a thread; what comes back stands at once, and the list is asked again. */
export function useSay(itemId: string): Say {
  const client = useQueryClient();
  return useCallback(
    async (path, body) => {
      const thread = await sendJson<Thread>("POST", `${threadPath(itemId)}${path}`, body);
      client.setQueryData(threadKey(itemId), thread);
      void client.invalidateQueries({ queryKey: WORKLIST_KEY });
    },
    [client, itemId],
  );
}

/** Says to the hub what was read, once it has been in front of somebody for a moment; that alone is nobody at work. */
export function useSeen(itemId: string, thread: Thread | undefined): void {
  const client = useQueryClient();
  const last = thread?.messages.at(-1);
  const behind = thread !== undefined && last !== undefined && last.number > thread.read_up_to;
  const lastId = behind ? last.message_id : null;
  useEffect(() => {
    if (lastId === null) return undefined;
    let wanted = true;
    const timer = window.setInterval(() => {
      if (document.visibilityState !== "visible") return;
      window.clearInterval(timer);
      const background = { "X-Dokuei-Background": "1" };
      sendJson<Thread>("POST", `${threadPath(itemId)}/${lastId}/read`, undefined, background)
        .then((read) => {
          if (wanted) client.setQueryData(threadKey(itemId), read);
          void client.invalidateQueries({ queryKey: WORKLIST_KEY });
        })
        .catch(() => undefined); // it stays unread, and the next look says so again
    }, LOOKED_AT);
    return () => {
      wanted = false;
      window.clearInterval(timer);
    };
  }, [client, itemId, lastId]);
}

export const putDraft = async (itemId: string, draft: MessageDraft): Promise<void> => {
  await call(`${threadPath(itemId)}/draft`, { method: "PUT", json: draft, repeatable: true });
};

/** The name goes percent-encoded in a header: an address would stand in logs. */
export async function attach(itemId: string, file: File): Promise<MessageAttachment> {
  const headers = { "X-Dokuei-File-Name": encodeURIComponent(Array.from(file.name).slice(-200).join("")) };
  const answer = await call(`${threadPath(itemId)}/attachments`, { method: "POST", file, headers });
  return (await answer.json()) as MessageAttachment;
}

export const removeAttachment = async ({ url }: MessageAttachment): Promise<void> => {
  await sendJson("DELETE", url);
};
