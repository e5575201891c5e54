import { describe, expect, it } from "vitest";
import type { Dataset, Element } from "@/images/dicomJson";
import { keyObjects, presentationFacts, reportFacts } from "./facts";

const element = (vr: string, ...Value: unknown[]): Element => ({ vr, Value });
const sequence = (...items: Dataset[]): Element => element("SQ", ...items);
const code = (value: string, meaning: string): Element =>
  sequence({ "00080100": element("SH", value), "00080104": element("LO", meaning) });
const object = (uid: string): Dataset => ({ "00081150": element("UI", "1.2"), "00081155": element("UI", uid) });
const item = (type: string, relationship: string, more: Dataset): Dataset => ({
  "0040A040": element("CS", type),
  "0040A010": element("CS", relationship),
  ...more,
});

describe("a list of key images (TID 2010)", () => {
  it("has its reasons, who chose, and which, and not the language that it is written in", () => {
    const found = keyObjects({
      "0040A730": sequence(
        item("CODE", "HAS CONCEPT MOD", {
          "0040A043": code("113011", "Modifier"),
          "0040A168": code("1", "Over-exposed"),
        }),
        item("CODE", "HAS CONCEPT MOD", { "0040A043": code("121049", "Language"), "0040A168": code("ja", "Japanese") }),
        item("PNAME", "HAS OBS CONTEXT", { "0040A123": element("PN", { Ideographic: "佐藤^次郎" }) }),
        item("TEXT", "CONTAINS", { "0040A160": element("UT", "症例検討会") }),
        item("IMAGE", "CONTAINS", { "00081199": sequence(object("1.5")) }),
        item("IMAGE", "CONTAINS", { "00081199": sequence(object("1.6")) }),
      ),
    });
    expect(found.notes).toEqual(["Over-exposed", "症例検討会"]);
    expect(found.observers).toMatchObject([{ ideographic: "佐藤^次郎" }]);
    expect(found.references.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual(["1.5", "1.6"]);
  });
});

describe("a presentation state", () => {
  it("has label, creator, what is written on it, and its images, those that are blended too", () => {
    const series = sequence({ "00081140": sequence(object("1.5"), object("1.6")) });
    const facts = presentationFacts({
      "00700080": element("CS", "REVIEW"),
      "00700084": element("PN", { Alphabetic: "Suzuki^Aki" }),
      "00081115": series,
      "00700402": sequence({ "00081115": sequence({ "00081140": sequence(object("1.7")) }) }),
      "00700001": sequence({
        "00700008": sequence({ "00700006": element("ST", "ここ") }),
        "00700009": sequence({}, {}),
      }),
    });
    expect(facts).toMatchObject({ label: "REVIEW", annotations: ["ここ"], graphics: 2 });
    expect(facts.creator).toMatchObject({ alphabetic: "Suzuki^Aki" });
    expect(facts.references.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual(["1.5", "1.6", "1.7"]);
  });
});

describe("a report", () => {
  it("says who stands for it", () => {
    const facts = reportFacts({
      "0040A493": element("CS", "VERIFIED"),
      "0040A073": sequence({
        "0040A075": element("PN", { Ideographic: "佐藤^次郎" }),
        "0040A027": element("LO", "北病院"),
        "0040A030": element("DT", "20261101103000"),
      }),
    });
    expect(facts.verification).toBe("VERIFIED");
    expect(facts.verifiers).toMatchObject([
      { name: { ideographic: "佐藤^次郎" }, organization: "北病院", at: { date: "20261101", time: "103000" } },
    ]);
  });
});
