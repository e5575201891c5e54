import { describe, expect, it } from "vitest";
import type { DisplayStanding } from "@/api/types";
import { lookOf } from "./looks";

const standing = (changed: Partial<DisplayStanding>): DisplayStanding => ({
  state: "unknown",
  use: "mammography",
  needed: "1A",
  blocks: true,
  display: null,
  grade: null,
  measured_on: null,
  valid_until: null,
  lacking: [],
  screen: null,
  rules: { mode: "enforce", reason: "", months_mammography: 6, months_other: 12, set_at: null, set_by: "" },
  ...changed,
});

describe("how a display looks", () => {
  it("is green only where it is valid", () => {
    expect(lookOf(standing({ state: "valid", blocks: false }), { signs: true })).toBe("valid");
    expect(lookOf(standing({ state: "lapsed" }), { signs: true })).toBe("blocked");
  });

  it("is a reference display to whoever does not sign", () => {
    expect(lookOf(standing({}), { signs: false })).toBe("reference");
  });

  it("says whether a waiver or a warning lets it pass", () => {
    const { rules } = standing({});
    const off = standing({ blocks: false, rules: { ...rules, mode: "off", reason: "x" } });
    expect(lookOf(off, { signs: true })).toBe("waived");
    expect(lookOf(standing({ blocks: false, use: "other" }), { signs: true })).toBe("warned");
  });
});
