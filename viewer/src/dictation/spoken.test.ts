import { describe, expect, it } from "vitest";
import { written } from "./spoken";

describe("what was said", () => {
  it.each([
    ["右乳房に腫瘤を認めるまる", "右乳房に腫瘤を認める。"],
    ["石灰化は認めないまる", "石灰化は認めない。"],
    ["右乳房に腫瘤を認めてん", "右乳房に腫瘤を認め、"],
    ["まる", "。"],
    ["てん", "、"],
    ["改行", "\n"],
    ["異常なしまる 改行 左乳房", "異常なし。\n左乳房"],
    ["腫瘤 点 石灰化 丸", "腫瘤、石灰化。"],
    ["乳癌の疑いまる", "乳癌の疑い。"],
    ["最大径かっこ12 mmかっことじ", "最大径（12 mm）"],
    ["濃度が高まる", "濃度が高まる"],
    ["液がたまる", "液がたまる"],
    ["脂肪にうずまる", "脂肪にうずまる"],
    ["丸い腫瘤の中心の点状石灰化", "丸い腫瘤の中心の点状石灰化"],
    ["腋窩リンパ節に転移あり", "腋窩リンパ節に転移あり"],
  ])("is written in Japanese with its signs: %s", (said, text) => {
    expect(written(said, "ja-JP", "")).toBe(text);
  });

  it.each([
    ["there is a mass full stop", "", "There is a mass."],
    ["no calcification comma", "There is a mass.", " No calcification,"],
    ["no distortion period", "There is a mass,", " no distortion."],
    ["menstrual period", "in the", " menstrual period"],
    ["period", "No mass", "."],
    ["new line left breast", "Right breast.", "\nLeft breast"],
    ["size open bracket 12 mm close bracket", "Mass,", " size (12 mm)"],
  ])("is written in English with its signs and places: %s", (said, before, text) => {
    expect(written(said, "en-US", before)).toBe(text);
  });
});
