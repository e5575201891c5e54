/** What a message says of itself, and what somebody writes before it is one; pure. */
import type { CallBack, Message, MessageAttachment, MessageDraft } from "@/api/types";

export type Kind = Message["kind"];
/** What somebody may begin; an answer begins at its question. */
export const KINDS = ["note", "question", "call_back"] as const;

export const EMPTY: MessageDraft = {
  kind: "note",
  text: "",
  blocks_signing: false,
  to_do: false,
  answers: "",
  corrects: "",
  called_person: "",
  called_number: "",
  called_at: "",
  read_back: null,
};

export const draftOf = (kept: MessageDraft | null): MessageDraft => ({ ...EMPTY, ...kept });

export function sameDraft(one: MessageDraft, other: MessageDraft): boolean {
  return (Object.keys(EMPTY) as (keyof MessageDraft)[]).every((name) => one[name] === other[name]);
}

/** How a message stands: what it asks for, and whether anybody has seen to it. */
export type Standing = "plain" | "holds" | "unanswered" | "answered" | "waived" | "to_do" | "done";

export function standingOf({ kind, blocks_signing, to_do }: Message): Standing {
  switch (to_do.state) {
    case "none":
      return "plain";
    case "open":
      return kind !== "question" ? "to_do" : blocks_signing ? "holds" : "unanswered";
    default:
      return to_do.state;
  }
}

/** The questions that a report waits for. */
export const holding = (messages: readonly Message[]): Message[] =>
  messages.filter((message) => standingOf(message) === "holds");

export const isOpen = (message: Message): boolean => message.to_do.state === "open";

/** The beginning of a text in one line, cut between whole characters. */
export function firstWords(text: string, longest = 40): string {
  const line = text.replace(/\s+/gu, " ").trim();
  const letters = [...new Intl.Segmenter("ja").segment(line)].map(({ segment }) => segment);
  return letters.length <= longest ? line : `${letters.slice(0, longest).join("")}…`;
}

/** What others wrote behind what this person had read when the thread was opened. */
export const isNew = (message: Message, readUpTo: number, personId: string): boolean =>
  message.number > readUpTo && message.author_id !== personId;

/** The local time that an input of the browser shows, as the hub takes it; null where it is none. */
export function instantOf(local: string): string | null {
  const at = local === "" ? Number.NaN : new Date(local).getTime();
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

/** An instant as an input of the browser takes it: local, to the minute. */
export function localOf(instant: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = [instant.getFullYear(), two(instant.getMonth() + 1), two(instant.getDate())].join("-");
  return `${day}T${two(instant.getHours())}:${two(instant.getMinutes())}`;
}

function callBackOf(draft: MessageDraft): CallBack | null {
  const at = instantOf(draft.called_at);
  const person = draft.called_person.trim();
  const number = draft.called_number.trim();
  if (at === null || person === "" || number === "" || typeof draft.read_back !== "boolean") return null;
  return { person, number, at, read_back: draft.read_back };
}

/** Whether the hub would take it: words, and for a call back who, where, when and read-back. */
export function isSendable(draft: MessageDraft): boolean {
  return draft.text.trim() !== "" && (draft.kind !== "call_back" || callBackOf(draft) !== null);
}

export interface Sending {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Where a draft goes and as what, under a name of its own that makes sending it again harmless. */
export function sendingOf(draft: MessageDraft, unsent: readonly MessageAttachment[], messageId: string): Sending {
  const attachments = unsent.map(({ attachment_id }) => attachment_id);
  const common = { message_id: messageId, text: draft.text, attachments };
  if (draft.kind === "answer") return { path: `/${encodeURIComponent(draft.answers)}/answer`, body: common };
  return {
    path: "",
    body: {
      ...common,
      kind: draft.kind,
      blocks_signing: draft.kind === "question" && draft.blocks_signing,
      to_do: draft.kind === "note" && draft.to_do,
      corrects: draft.corrects || null,
      call_back: draft.kind === "call_back" ? callBackOf(draft) : null,
    },
  };
}

interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly keyCode: number;
  readonly isComposing: boolean;
}

const TAKEN_BY_INPUT_METHOD = 229;

/** Ctrl + Enter sends; Enter alone is a new line, and any key belongs to the input method while it composes. */
export const sends = ({ key, ctrlKey, metaKey, keyCode, isComposing }: KeyPress): boolean =>
  key === "Enter" && (ctrlKey || metaKey) && !isComposing && keyCode !== TAKEN_BY_INPUT_METHOD;
