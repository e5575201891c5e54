import { describe, expect, it } from "vitest";
import { addressOf, detailsOf, filtersOf, NO_FILTERS, questionOf } from "./filters";

const read = (text: string): ReturnType<typeof filtersOf> => filtersOf(new URLSearchParams(text));

describe("the filters of the trail", () => {
  it("are read from an address and written to it again", () => {
    const text = `since=2026-11-01&until=2026-11-30&person=${"a".repeat(32)}&site=kita&study=1.2.3&group=images&patient=1`;
    expect(addressOf(read(text))).toBe(`/audit?${text}`);
    expect(addressOf(NO_FILTERS)).toBe("/audit");
  });

  it("leave out what does not fit, and a study without its site", () => {
    expect(read("since=yesterday&person=tanaka&study=1.2.3&group=nothing&patient=1&site=K%20ita")).toEqual(NO_FILTERS);
  });

  it("ask for whole days in Japan's time", () => {
    const asked = questionOf({ ...NO_FILTERS, since: "2026-11-01", until: "2026-12-31" });
    expect(asked.get("since")).toBe("2026-11-01T00:00:00+09:00");
    expect(asked.get("until")).toBe("2027-01-01T00:00:00+09:00");
    expect([...questionOf({ ...NO_FILTERS, since: "2026-13-77" }).keys()]).toEqual([]);
  });
});

describe("an entry's details", () => {
  it("stand by name, whatever they hold", () => {
    expect(detailsOf('{"role":"sole","nested":{"a":[1]}}')).toEqual([
      ["role", "sole"],
      ["nested", '{"a":[1]}'],
    ]);
    expect(detailsOf("no JSON")).toEqual([["", "no JSON"]]);
    expect(detailsOf("7")).toEqual([["", "7"]]);
  });
});
