import { describe, expect, it } from "vitest";
import { madeRequest } from "./madeRequests";
import {
  asPlaced,
  byNeed,
  componentsOf,
  draftOf,
  emptyDraft,
  found,
  withFound,
  gapsOf,
  isTab,
  katakana,
  knownBefore,
  LARGEST_FILE,
  LONGEST_TEXT,
  refusalOf,
  sameDraft,
  takenOver,
  type Draft,
} from "./model";

const NOW = Date.parse("2026-11-30T02:00:00Z");
const circumstances = { siteId: "kita", today: "20261130", now: NOW };

const typed = (changed: Partial<Draft> = {}): Draft => {
  const draft = emptyDraft("2026-11-30");
  return {
    ...draft,
    patient: {
      ...draft.patient,
      patient_id: " Ｋ－０００１ ",
      name: { ideographic: "山田　花子", phonetic: "やまだ はなこ", alphabetic: "Yamada Hanako" },
      birth_date: "昭和43年4月12日",
      sex: "F",
    },
    clinical: { ...draft.clinical, reason: "右乳房のしこり" },
    ...changed,
  };
};

describe("a request that is typed", () => {
  it("reaches the hub as days, components and full-width kana", () => {
    const { patient, examination_date } = asPlaced(typed());
    expect(patient.birth_date).toBe("19680412");
    expect(patient.patient_id).toBe("K-0001");
    expect(patient.name).toEqual({
      ideographic: "山田^花子",
      phonetic: "ヤマダ^ハナコ",
      alphabetic: "Yamada^Hanako",
    });
    expect(examination_date).toBe("20261130");
  });

  it("lacks nothing when it is whole", () => {
    expect(gapsOf(typed(), circumstances)).toEqual([]);
  });

  it("names everything that is missing, in the order of the page", () => {
    const empty = emptyDraft("");
    expect(gapsOf({ ...empty, modality: "" }, { ...circumstances, siteId: "" })).toEqual([
      "site",
      "patient_id",
      "name",
      "birth_date_missing",
      "modality",
      "examination_date",
      "reason",
    ]);
  });

  it("is not placed with a day that is none, that is to come, or that was", () => {
    const born = (birth_date: string): Draft => typed({ patient: { ...typed().patient, birth_date } });
    expect(gapsOf(born("S64.1.8"), circumstances)).toEqual(["birth_date"]);
    expect(gapsOf(born("2026-12-01"), circumstances)).toEqual(["birth_date_future"]);
    const due = typed({ due_at: "2026-11-30T01:59:00Z" });
    expect(gapsOf(due, circumstances)).toEqual(["due_past"]);
    expect(gapsOf(due, { ...circumstances, placed: true })).toEqual([]);
    const period = typed({ clinical: { ...typed().clinical, last_period: "先月" } });
    expect(gapsOf(period, circumstances)).toEqual(["last_period"]);
  });

  it("has operations that were, in a year that can be", () => {
    const operated = (year: number): Draft =>
      typed({ clinical: { ...typed().clinical, surgeries: [{ side: "L", kind: "針生検", year, note: "" }] } });
    expect(gapsOf(operated(2026), circumstances)).toEqual([]);
    for (const year of [19, 2027]) expect(gapsOf(operated(year), circumstances)).toEqual(["year"]);
  });

  it("leaves out lines that were begun and say nothing", () => {
    const begun = typed({
      clinical: {
        ...typed().clinical,
        surgeries: [{ side: "R", kind: " ", year: null, note: "" }],
        family_history: [
          { relation: "", cancer: "breast", age: null },
          { relation: "母", cancer: "breast", age: null },
        ],
      },
    });
    const { surgeries, family_history } = asPlaced(begun).clinical;
    expect(surgeries).toEqual([]);
    expect(family_history).toEqual([{ relation: "母", cancer: "breast", age: null }]);
  });

  it("may have as long a text as the hub takes and not a character more", () => {
    const long = (length: number): Draft => typed({ clinical: { ...typed().clinical, history: "あ".repeat(length) } });
    expect(gapsOf(long(LONGEST_TEXT), circumstances)).toEqual([]);
    expect(gapsOf(long(LONGEST_TEXT + 1), circumstances)).toEqual(["too_long"]);
  });

  it("comes back from the hub so that it says the same again", () => {
    const request = madeRequest("1", asPlaced(typed()));
    expect(asPlaced(draftOf(request))).toEqual(asPlaced(typed()));
    expect(sameDraft(draftOf(request), draftOf({ ...request, version: 2 }))).toBe(true);
    expect(sameDraft(draftOf(request), typed())).toBe(false);
  });
});

describe("a patient who was here before", () => {
  const last = madeRequest("1", {
    patient: { ...madeRequest("1").patient, patient_id: "K-0001" },
    clinical: { ...madeRequest("1").clinical, history: "左 部分切除後", reason: "術後の経過観察" },
  });

  it("is known by number, and what was before is taken over but not why it was asked", () => {
    const begun = typed();
    expect(knownBefore(begun, [madeRequest("2"), last])?.request_id).toBe("1");
    const draft = takenOver(begun, last);
    expect(asPlaced(draft).patient).toEqual(last.patient);
    expect(draft.clinical.history).toBe("左 部分切除後");
    expect(draft.clinical.reason).toBe("右乳房のしこり");
    expect(knownBefore(draft, [last])).toBeNull();
  });

  it("is nobody as long as no number is typed", () => {
    const nobody = madeRequest("3", { patient: { ...last.patient, patient_id: "" } });
    expect(knownBefore(emptyDraft(""), [nobody])).toBeNull();
  });
});

describe("a name", () => {
  it("is parted at its first gap, whatever kind of gap it is", () => {
    expect(componentsOf("山田　花子")).toBe("山田^花子");
    expect(componentsOf(" Garcia  Maria Elena ")).toBe("Garcia^Maria Elena");
    expect(componentsOf("山田")).toBe("山田");
    expect(componentsOf("")).toBe("");
  });

  it("has its kana in one way of writing", () => {
    expect(katakana("ﾔﾏﾀﾞ はなこ")).toBe("ヤマダ ハナコ");
  });
});

describe("requests", () => {
  const requests = [
    madeRequest("matched", { state: "matched" }),
    madeRequest("later", { due_at: "2026-12-02T00:00:00Z" }),
    madeRequest("sooner", { due_at: "2026-12-01T00:00:00Z" }),
    madeRequest("mismatch", { state: "mismatch" }),
  ];

  it("come by what a person must look at, then by due time", () => {
    expect(byNeed(requests).map(({ request_id }) => request_id)).toEqual(["mismatch", "sooner", "later", "matched"]);
  });

  it("are found by kana, kanji, letters, number and reason", () => {
    for (const text of ["やまだ", "山田", "yamada", "p-later", "しこり 北原"])
      expect(found(requests, text)).not.toEqual([]);
    expect(found(requests, "P-sooner").map(({ request_id }) => request_id)).toEqual(["sooner"]);
    expect(found(requests, "佐藤")).toEqual([]);
    expect(found(requests, "")).toHaveLength(4);
    const older = requests.slice(0, 1).flatMap((one) => [one, { ...one, request_id: "older" }]);
    const both = withFound(requests, "P-sooner", older).map(({ request_id }) => request_id);
    expect(both).toEqual([...new Set(both)]);
    expect(both).toContain("older");
    expect(withFound(requests, "", older)).toHaveLength(4);
  });

  it("have a tab for each state and one for all", () => {
    expect(isTab("all")).toBe(true);
    expect(isTab("mismatch")).toBe(true);
    expect(isTab("lost")).toBe(false);
    expect(isTab(null)).toBe(false);
  });

  it("take pictures and PDF only, and no larger ones than the hub does", () => {
    for (const type of ["application/pdf", "image/png", "image/jpeg"]) {
      expect(refusalOf({ type, size: LARGEST_FILE })).toBeNull();
      expect(refusalOf({ type, size: LARGEST_FILE + 1 })).toBe("size");
    }
    expect(refusalOf({ type: "text/html", size: 1 })).toBe("kind");
    expect(refusalOf({ type: "", size: 1 })).toBe("kind");
  });
});
