import { describe, expect, it } from "vitest";
import type { Message } from "@/api/types";
import { madeMessage } from "./madeMessages";
import {
  draftOf,
  EMPTY,
  firstWords,
  holding,
  instantOf,
  isNew,
  isSendable,
  localOf,
  sameDraft,
  sendingOf,
  sends,
  standingOf,
} from "./model";

const state = (name: Message["to_do"]["state"]): Message["to_do"] => ({ state: name, by: "", at: null, reason: "" });
const question = (blocks: boolean, name: Message["to_do"]["state"]): Message =>
  madeMessage(1, { kind: "question", blocks_signing: blocks, to_do: state(name) });
const CALLED = {
  ...EMPTY,
  kind: "call_back",
  text: "悪性を強く疑う。",
  called_person: "外科 鈴木医師",
  called_number: "内線 2210",
  called_at: "2026-11-30T09:12",
  read_back: false,
} as const;

describe("a message", () => {
  it("says how it stands", () => {
    expect(standingOf(madeMessage(1))).toBe("plain");
    expect(standingOf(madeMessage(1, { to_do: state("open") }))).toBe("to_do");
    expect(standingOf(question(false, "open"))).toBe("unanswered");
    expect(standingOf(question(true, "open"))).toBe("holds");
    expect(standingOf(question(true, "answered"))).toBe("answered");
    expect(standingOf(question(true, "waived"))).toBe("waived");
  });

  it("holds a signature only as an open question that blocks it", () => {
    const all = [question(true, "open"), question(true, "answered"), question(false, "open"), madeMessage(2)];
    expect(holding(all)).toEqual([all[0]]);
  });

  it("is new when others wrote it behind what was read", () => {
    expect(isNew(madeMessage(3), 2, "staff")).toBe(true);
    expect(isNew(madeMessage(3), 3, "staff")).toBe(false);
    expect(isNew(madeMessage(3), 2, "reader")).toBe(false);
  });

  it("is named by its first words, cut between whole characters", () => {
    expect(firstWords("前回の\n画像は  ありますか。")).toBe("前回の 画像は ありますか。");
    expect(firstWords("𠮷田さん👩‍⚕️の画像", 5)).toBe("𠮷田さん👩‍⚕️…");
  });
});

describe("a draft", () => {
  it("is what the hub kept of it, over an empty one", () => {
    expect(draftOf(null)).toEqual(EMPTY);
    expect(sameDraft(draftOf({ ...EMPTY, text: "書きかけ" }), EMPTY)).toBe(false);
    expect(sameDraft(draftOf({ ...EMPTY }), EMPTY)).toBe(true);
  });

  it("is sendable with words, and a call back with who, where, when and read-back", () => {
    expect(isSendable(EMPTY)).toBe(false);
    expect(isSendable({ ...EMPTY, text: "  \n" })).toBe(false);
    expect(isSendable({ ...EMPTY, text: "はい" })).toBe(true);
    expect(isSendable(CALLED)).toBe(true);
    for (const missing of [
      { called_person: " " },
      { called_number: "" },
      { called_at: "" },
      { called_at: "soon" },
      { read_back: null },
    ]) {
      expect(isSendable({ ...CALLED, ...missing })).toBe(false);
    }
  });

  it("goes as what it is, with its files and under its own name", () => {
    const file = { attachment_id: "a1", file_name: "x.pdf", media_type: "application/pdf", size: 1, url: "" };
    const asked = { ...EMPTY, kind: "question", text: "?", blocks_signing: true, to_do: true } as const;
    expect(sendingOf(asked, [file], "id")).toEqual({
      path: "",
      body: {
        message_id: "id",
        text: "?",
        attachments: ["a1"],
        kind: "question",
        blocks_signing: true,
        to_do: false,
        corrects: null,
        call_back: null,
      },
    });
    expect(sendingOf({ ...EMPTY, kind: "answer", answers: "q1", text: "はい" }, [], "id")).toEqual({
      path: "/q1/answer",
      body: { message_id: "id", text: "はい", attachments: [] },
    });
    expect(sendingOf(CALLED, [], "id").body["call_back"]).toEqual({
      person: "外科 鈴木医師",
      number: "内線 2210",
      at: instantOf("2026-11-30T09:12"),
      read_back: false,
    });
  });

  it("has local times as an input takes them", () => {
    const at = new Date(2026, 10, 3, 4, 5);
    expect(localOf(at)).toBe("2026-11-03T04:05");
    expect(instantOf(localOf(at))).toBe(at.toISOString());
    expect(instantOf("")).toBeNull();
  });
});

describe("Ctrl + Enter", () => {
  const press = { key: "Enter", ctrlKey: true, metaKey: false, keyCode: 13, isComposing: false };

  it("sends, and Enter alone does not", () => {
    expect(sends(press)).toBe(true);
    expect(sends({ ...press, ctrlKey: false, metaKey: true })).toBe(true);
    expect(sends({ ...press, ctrlKey: false })).toBe(false);
  });

  it("belongs to the input method while it composes", () => {
    expect(sends({ ...press, isComposing: true })).toBe(false);
    expect(sends({ ...press, keyCode: 229 })).toBe(false);
    expect(sends({ ...press, key: "Process" })).toBe(false);
  });
});
