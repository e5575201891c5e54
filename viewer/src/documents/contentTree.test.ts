import { describe, expect, it } from "vitest";
import type { Dataset, Element } from "@/images/dicomJson";
import { contentTree, everyItem, moment, type ContentItem, type ContentValue } from "./contentTree";

const element = (vr: string, ...Value: unknown[]): Element => ({ vr, Value });
const code = (value: string, meaning: string, scheme = "DCM"): Element =>
  element("SQ", {
    "00080100": element("SH", value),
    "00080102": element("SH", scheme),
    "00080104": element("LO", meaning),
  });

function item(type: string, more: Dataset = {}, ...children: Dataset[]): Dataset {
  return {
    "0040A040": element("CS", type),
    "0040A010": element("CS", "CONTAINS"),
    ...more,
    ...(children.length > 0 ? { "0040A730": element("SQ", ...children) } : {}),
  };
}

const valueOf = (type: string, more: Dataset): ContentValue | undefined =>
  contentTree(item("CONTAINER", {}, item(type, more))).children[0]?.value;

const measured = (unit: Element, value: unknown = 12.5): Dataset => ({
  "0040A300": element("SQ", { "0040A30A": element("DS", value), "004008EA": unit }),
});

describe("a report's tree (PS3.3 C.17.3)", () => {
  const tree = contentTree(
    item(
      "CONTAINER",
      { "0040A043": code("1", "Report") },
      item("CODE", { "0040A010": element("CS", "HAS CONCEPT MOD"), "0040A168": code("ja", "Japanese") }),
      item(
        "CONTAINER",
        { "0040A043": code("2", "Findings") },
        item("TEXT", { "0040A160": element("UT", "所見\n二行") }),
      ),
    ),
  );

  it("keeps headings and statements in order, and what qualifies them apart", () => {
    expect(tree).toMatchObject({ name: "Report", heading: true });
    expect(tree.context.map(({ value }) => value)).toEqual([{ kind: "text", text: "Japanese" }]);
    expect(tree.children).toMatchObject([
      { name: "Findings", code: "2", heading: true, children: [{ value: { kind: "text", text: "所見\n二行" } }] },
    ]);
  });

  it("numbers its items as they refer to each other, what qualifies included (C.17.3.2.5)", () => {
    expect(everyItem(tree).map(({ path }: ContentItem) => path)).toEqual(["1", "1.1", "1.2", "1.2.1"]);
    const reference = { "0040DB73": element("UL", 1, 2, 1) };
    expect(valueOf("", reference)).toEqual({ kind: "item", path: "1.2.1" });
  });

  it("is no more than empty where nothing is known", () => {
    expect(contentTree({})).toMatchObject({ name: "", heading: false, value: { kind: "none" }, children: [] });
  });
});

describe("a value", () => {
  it.each([
    [code("mm", "millimeter", "UCUM"), "mm"],
    [code("cm2", "square centimeter", "UCUM"), "cm2"],
    [code("[hnsf'U]", "Hounsfield unit", "UCUM"), "Hounsfield unit"],
    [code("{counts}", "counts", "UCUM"), "counts"],
    [code("1", "no units", "UCUM"), ""],
    [code("X", "a maker's own", "99X"), "a maker's own"],
  ])("has its unit as it is read", (unit, written) => {
    expect(valueOf("NUM", measured(unit))).toMatchObject({ kind: "number", number: "12.5", unit: written });
  });

  it("is zero where it is zero, and says why where it is none (C.18.1)", () => {
    expect(valueOf("NUM", measured(code("mm", "", "UCUM"), 0))).toMatchObject({ number: "0" });
    const none = { "0040A300": element("SQ"), "0040A301": code("114006", "Measurement failure") };
    expect(valueOf("NUM", none)).toEqual({ kind: "number", number: "", unit: "", qualifier: "Measurement failure" });
  });

  it("of a person has its Japanese groups", () => {
    const name = { Alphabetic: "Sato^Jiro", Ideographic: "佐藤^次郎", Phonetic: "さとう^じろう" };
    expect(valueOf("PNAME", { "0040A123": element("PN", name) })).toEqual({
      kind: "person",
      name: { alphabetic: "Sato^Jiro", ideographic: "佐藤^次郎", phonetic: "さとう^じろう" },
    });
  });

  it("of time is a date, a time, or both in one", () => {
    expect(valueOf("DATE", { "0040A121": element("DA", "20261101") })).toMatchObject({ date: "20261101", time: "" });
    expect(valueOf("TIME", { "0040A122": element("TM", "103000") })).toMatchObject({ date: "", time: "103000" });
    expect(moment("20261101103000.5+0900")).toMatchObject({ date: "20261101", time: "103000.5" });
  });

  it("that is an image names it and its frames", () => {
    const sop = { "00081150": element("UI", "1.2"), "00081155": element("UI", "1.5"), "00081160": element("IS", 2, 7) };
    expect(valueOf("IMAGE", { "00081199": element("SQ", sop) })).toEqual({
      kind: "references",
      references: [{ sopClassUid: "1.2", sopInstanceUid: "1.5", frames: [2, 7] }],
    });
  });

  it("that is drawn says of how many points, in the image or in space", () => {
    const drawn = { "00700023": element("CS", "POLYLINE"), "00700022": element("FL", 1, 1, 2, 2, 3, 3) };
    expect(valueOf("SCOORD", drawn)).toEqual({ kind: "shape", shape: "POLYLINE", points: 3 });
    expect(valueOf("SCOORD3D", drawn)).toMatchObject({ points: 2 });
  });

  it("of a kind that is not known is told, not left out", () => {
    expect(valueOf("TABLE", {})).toEqual({ kind: "unknown", type: "TABLE" });
  });
});
