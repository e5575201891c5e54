import type { Message } from "@/api/types";

/** A message for tests. */
export function madeMessage(number: number, changed: Partial<Message> = {}): Message {
  return {
    message_id: `m${number}`,
    number,
    kind: "note",
    side: "centre",
    text: "了解しました。",
    author_id: "reader",
    author_name: "田中 美咲",
    written_at: "2026-11-30T00:00:00Z",
    blocks_signing: false,
    answers: null,
    corrects: null,
    call_back: null,
    to_do: { state: "none", by: "", at: null, reason: "" },
    may_waive: false,
    attachments: [],
    ...changed,
  };
}
