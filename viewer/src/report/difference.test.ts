import { describe, expect, it } from "vitest";
import { difference, side, wordsOf, type Piece } from "./difference";

const text = (pieces: readonly Piece[]): string => pieces.map((piece) => piece.text).join("");

describe("difference", () => {
  it.each([
    ["右乳房に腫瘤を認める。", "左乳房に腫瘤を認める。"],
    ["", "新しい文"],
    ["古い文", ""],
    ["same", "same"],
    ["a mass of 12 mm", "a mass of 15 mm, spiculated"],
    ["一行目\n二行目\n", "一行目\n三行目\n二行目\n"],
  ])("gives both texts back whole: %j and %j", (before, after) => {
    const pieces = difference(before, after);
    expect(text(side(pieces, "added"))).toBe(before);
    expect(text(side(pieces, "removed"))).toBe(after);
  });

  it("marks the words that changed and no others", () => {
    expect(difference("size 12 mm", "size 15 mm")).toEqual([
      { mark: "same", text: "size " },
      { mark: "removed", text: "12" },
      { mark: "added", text: "15" },
      { mark: "same", text: " mm" },
    ]);
  });

  it("cuts Japanese into words", () => {
    expect(wordsOf("乳癌の疑い").length).toBeGreaterThan(1);
  });

  it("compares long texts by line", () => {
    const long = Array.from({ length: 3000 }, (_, n) => `line ${String(n)}\n`).join("");
    const pieces = difference(long, `${long}more\n`);
    expect(pieces.at(-1)).toEqual({ mark: "added", text: "more\n" });
  });
});
