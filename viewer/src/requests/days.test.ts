import { describe, expect, it } from "vitest";
import { readDay, typedDay } from "./days";

describe("a day", () => {
  it.each([
    ["19680412", "19680412"],
    ["1968-04-12", "19680412"],
    ["1968/4/12", "19680412"],
    ["１９６８．４．１２", "19680412"],
    ["1968年4月12日", "19680412"],
    ["昭和43年4月12日", "19680412"],
    ["昭和４３年４月１２日", "19680412"],
    ["S43.4.12", "19680412"],
    ["s43/04/12", "19680412"],
    ["S430412", "19680412"],
    ["昭43.4.12", "19680412"],
    ["平成元年1月8日", "19890108"],
    ["令和元年5月1日", "20190501"],
    ["R8.11.30", "20261130"],
    ["T5.12.31", "19161231"],
    ["M45.7.29", "19120729"],
  ])("typed as %s is read", (typed, day) => expect(readDay(typed)).toBe(day));

  it.each([
    "",
    "43.4.12",
    "1968-13-01",
    "1968-02-30",
    "S64.1.8",
    "H31.5.1",
    "R0.1.1",
    "昭和四十三年",
    "S43.4",
    "0000-01-01",
    "12/4/1968",
  ])("that cannot be is none: %s", (typed) => expect(readDay(typed)).toBeNull());

  it("that is known is written so that it is read again", () => {
    expect(readDay(typedDay("19680412"))).toBe("19680412");
    expect(typedDay("")).toBe("");
  });
});
