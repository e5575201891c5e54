import { describe, expect, it } from "vitest";
import type { LineCheck } from "@/api/types";
import { isKnown, kindOf, linesOf, megabits, plotted, secondsText, topOf } from "./model";

const check = (line: string, kind: LineCheck["kind"], at: string, down = 1e7): LineCheck => ({
  check_id: `${line}${at}`,
  line,
  kind,
  name: line,
  device: "",
  address_range: "192.0.2.0/24",
  place: "",
  at,
  verdict: "fit",
  judged: [],
  measured: {
    down_bits: down,
    up_bits: 1e6,
    round_trip_ms: 10,
    round_trip_loaded_ms: 20,
    jitter_ms: 1,
    loss: null,
    path_mtu: null,
    seconds: 9,
  },
});

describe("lines", () => {
  it("are together, gateways first, the latest check first", () => {
    const lines = linesOf([
      check("reader", "reader", "2026-11-03T00:00:00Z"),
      check("gate", "gateway", "2026-11-02T00:00:00Z"),
      check("reader", "reader", "2026-11-01T00:00:00Z"),
    ]);
    expect(lines.map(({ line, checks }) => [line, checks.length])).toEqual([
      ["gate", 1],
      ["reader", 2],
    ]);
  });

  it("are plotted with time to the right and zero at the bottom", () => {
    const checks = [
      check("a", "reader", "2026-11-03T00:00:00Z", 1e7),
      check("a", "reader", "2026-11-02T00:00:00Z", 5e6),
      check("a", "reader", "2026-11-01T00:00:00Z", 0),
    ];
    const points = plotted(checks, ({ measured }) => measured.down_bits, 1e7, { width: 100, height: 10 });
    expect(points).toEqual([
      { x: 0, y: 10 },
      { x: 50, y: 5 },
      { x: 100, y: 0 },
    ]);
    expect(plotted(checks.slice(0, 1), () => 0, 1, { width: 100, height: 10 })).toEqual([{ x: 50, y: 10 }]);
    expect([3, 1, 20, 51, 9.4e7].map(topOf)).toEqual([5, 1, 20, 100, 1e8]);
  });

  it("are judged for the kind of study that a case is", () => {
    expect(kindOf(["MG"], false)).toBe("mammography");
    expect(kindOf(["SR", "MG"], true)).toBe("mammography_priors");
    expect(kindOf(["CT", "PT"], true)).toBe("pet_ct");
    expect([kindOf(["MR"], false), kindOf(["US"], false), kindOf(["DX"], false)]).toEqual(["mri", "ultrasound", null]);
    expect([isKnown("unfit"), isKnown("stale"), isKnown("elsewhere")]).toEqual([true, false, false]);
  });

  it("have as many digits as they are worth", () => {
    expect([512_000, 9.44e6, 94.4e6, 944e6].map(megabits)).toEqual(["0.51", "9.44", "94.4", "944"]);
    expect([0.44, 9.9, 44.4].map(secondsText)).toEqual(["0.4", "9.9", "44"]);
  });
});
