import { describe, expect, it } from "vitest";
import type { DisplayStanding, OwnDisplay } from "@/api/types";
import { chosenOf, lookOf } from "./looks";

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
  beside: [],
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

describe("the displays of a device", () => {
  it("are those that may still be chosen", () => {
    const display = (display_id: string): OwnDisplay["chosen"][number] => ({
      display_id,
      name: display_id,
      maker: "",
      model: "",
      serial: "",
      columns: 1,
      rows: 1,
      pitch_mm: 0.1,
      site_id: null,
      place: "",
      purpose: "diagnostic",
      retired_at: null,
      retired_because: "",
    });
    const own = { standing: standing({}), chosen: [display("retired"), display("a")], choices: [display("a")] };
    expect(chosenOf(own)).toEqual(["a"]);
  });
});
