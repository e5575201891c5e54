import { describe, expect, it } from "vitest";
import {
  ageOn,
  dayOf,
  formatBytes,
  formatClock,
  formatDay,
  formatTimeOfDay,
  parseDay,
  parseInstant,
  shortened,
  splitDuration,
  writeName,
} from "./format";

describe("a day", () => {
  it("is read from DICOM and from ISO, and from nothing that is no day", () => {
    expect(parseDay("20261123")).toEqual({ year: 2026, month: 11, day: 23 });
    expect(parseDay("2026-11-23T01:02:03Z")).toEqual({ year: 2026, month: 11, day: 23 });
    for (const wrong of ["", null, undefined, "20260230", "20261301", "yesterday"]) expect(parseDay(wrong)).toBeNull();
  });

  it("is written in ISO or in the Japanese era, whose first year is 元年", () => {
    expect(formatDay(parseDay("20261123"), "iso")).toBe("2026-11-23");
    expect(formatDay(parseDay("20261123"), "wareki")).toBe("令和8年11月23日");
    expect(formatDay(parseDay("20190501"), "wareki")).toBe("令和元年5月1日");
    expect(formatDay(parseDay("20190430"), "wareki")).toBe("平成31年4月30日");
    expect(formatDay(parseDay("20261103"), "wareki", { short: true })).toBe("R8.11.03");
    expect(formatDay(parseDay("19890107"), "wareki", { short: true })).toBe("S64.01.07");
    expect(formatDay(parseDay("20190501"), "wareki", { short: true })).toBe("R1.05.01");
    expect(formatDay(null, "iso")).toBe("");
  });

  it("of an instant is the zone's day", () => {
    const instant = new Date("2026-11-23T16:30:00Z");
    expect(dayOf(instant, "Asia/Tokyo")).toEqual({ year: 2026, month: 11, day: 24 });
    expect(dayOf(instant, "UTC")).toEqual({ year: 2026, month: 11, day: 23 });
  });
});

describe("a time", () => {
  it("is written with two digits each, midnight as 00", () => {
    expect(formatClock(new Date("2026-11-23T15:04:05Z"), { seconds: true, timeZone: "Asia/Tokyo" })).toBe("00:04:05");
    expect(formatClock(new Date("2026-11-23T03:04:05Z"), { timeZone: "UTC" })).toBe("03:04");
  });

  it("of a study is read from DICOM TM", () => {
    expect(formatTimeOfDay("093015.120")).toBe("09:30");
    expect(formatTimeOfDay("")).toBe("");
  });

  it("that cannot be read is none, never 1970", () => {
    expect(parseInstant("soon")).toBeNull();
    expect(parseInstant(null)).toBeNull();
  });
});

describe("a name", () => {
  it("stands in kanji with kana beside", () => {
    const name = { alphabetic: "Yamada^Hanako", ideographic: "山田^花子", phonetic: "ヤマダ^ハナコ" };
    expect(writeName(name)).toEqual({ main: "山田 花子", kana: "ヤマダ ハナコ" });
  });

  it("without kanji stands by its letters, and without letters by its kana, once", () => {
    expect(writeName({ alphabetic: "Garcia^Maria Elena", ideographic: "", phonetic: "" }).main).toBe(
      "Garcia Maria Elena",
    );
    expect(writeName({ alphabetic: "", ideographic: "", phonetic: "ヤマダ" })).toEqual({ main: "ヤマダ", kana: "" });
    expect(writeName(null)).toEqual({ main: "", kana: "" });
  });
});

describe("an age", () => {
  it("counts whole years, on the birthday itself too", () => {
    const birth = parseDay("19680412");
    expect(ageOn(birth, parseDay("20260411"))).toBe(57);
    expect(ageOn(birth, parseDay("20260412"))).toBe(58);
  });

  it("is unknown without a birth date, and before birth", () => {
    expect(ageOn(null, parseDay("20260412"))).toBeNull();
    expect(ageOn(parseDay("20260412"), parseDay("20250412"))).toBeNull();
  });
});

describe("an identifier", () => {
  it("is whole up to the longest that DICOM knows", () => {
    for (const id of ["", "K-10231", "9".repeat(64), "𠮷".repeat(64)]) expect(shortened(id)).toBe(id);
  });

  it("that is longer keeps the last sign, in which two patients may differ", () => {
    const [one, other] = [shortened(`${"0123456789".repeat(500)}1`), shortened(`${"0123456789".repeat(500)}2`)];
    expect(one).toBe("01234567890123456789…01234567891");
    expect(other).not.toBe(one);
    expect(Array.from(shortened("𠮷".repeat(65)))).toHaveLength(32);
  });
});

describe("amounts", () => {
  it("of bytes are decimal with three figures", () => {
    expect([0, 999, 1000, 228_000, 999_999, 5_200_000, 342_000_000].map(formatBytes)).toEqual([
      "0 B",
      "999 B",
      "1.00 kB",
      "228 kB",
      "1.00 MB",
      "5.20 MB",
      "342 MB",
    ]);
  });

  it("of time use the two units that matter, before and after zero alike", () => {
    expect(splitDuration(80 * 60_000)).toMatchObject({ unit: "hours_minutes", hours: 1, minutes: 20 });
    expect(splitDuration(-80 * 60_000)).toMatchObject({ unit: "hours_minutes", hours: 1, minutes: 20 });
    expect(splitDuration(26 * 3_600_000)).toMatchObject({ unit: "days_hours", days: 1, hours: 2 });
    expect(splitDuration(59_000)).toMatchObject({ unit: "seconds", seconds: 59 });
  });
});
