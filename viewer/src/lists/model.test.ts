import { describe, expect, it } from "vitest";
import type { Phrase } from "@/api/types";
import { inserted, moved, offeredFor, withTemplate } from "./model";

const phrase = (name: string, method: string): Phrase => ({
  phrase_id: name,
  scope: "person",
  kind: "snippet",
  method,
  name,
  findings: name,
  impression: "",
  mine: true,
});

describe("phrases in a report", () => {
  it("are those of the form in hand and those of every form", () => {
    const all = [phrase("a", "MG"), phrase("b", ""), phrase("c", "US")];
    expect(offeredFor(all, ["MG"]).map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it("go in at the cursor, in place of what is marked", () => {
    expect(inserted("右に腫瘤。左に。", "嚢胞", 5, 5)).toEqual({ text: "右に腫瘤。嚢胞左に。", cursor: 7 });
    expect(inserted("abc", "X", 0, 3)).toEqual({ text: "X", cursor: 1 });
  });

  it("fill empty texts and never write over what is there, nor twice", () => {
    const template = { findings: "右：\n左：", impression: "異常なし。" };
    const filled = withTemplate({ findings: " ", impression: "書いた。" }, template);
    expect(filled).toEqual({ findings: "右：\n左：", impression: "書いた。\n異常なし。" });
    expect(withTemplate(filled, template)).toEqual(filled);
  });

  it("are moved by one place, and stay where there is none", () => {
    expect(moved(["a", "b", "c"], "c", -1)).toEqual(["a", "c", "b"]);
    expect(moved(["a", "b"], "b", 1)).toEqual(["a", "b"]);
  });
});
