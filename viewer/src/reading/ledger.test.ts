import { describe, expect, it } from "vitest";
import type { Ledger, StudyImages } from "@/api/types";
import { hang } from "@/hanging/hang";
import { hasContent } from "@/images/document";
import { madeDocument } from "@/images/madeDocument";
import { madeFrame } from "@/images/madeFrames";
import type { DocumentObject, Study } from "@/images/frame";
import { ledgerState, studyLedger } from "./ledger";

const frames = [madeFrame(), madeFrame(), madeFrame()];
const study: Study = {
  siteId: "s",
  studyInstanceUid: "1",
  studyDate: "",
  description: "",
  series: [
    {
      seriesInstanceUid: "1.1",
      seriesNumber: 1,
      modality: "MR",
      description: "",
      laterality: "",
      bodyPartExamined: "",
      frames,
      documents: [madeDocument({ sopInstanceUid: "1.99" })],
    },
  ],
};

function state(
  ledger: Partial<Ledger>,
  manifest: StudyImages["manifest"] = { signed_by: ["g"], verified: true },
  now: Partial<Ledger> = {},
  shown: (document: DocumentObject) => boolean = hasContent,
): string {
  const all = {
    declared_instances: 4,
    declared_frames: 3,
    arrived_instances: 4,
    arrived_frames: 3,
    proved_instances: 4,
    open: false,
    contradicted_instances: 0,
    discontinued: false,
    ...ledger,
  };
  const opened = { ledger: all, manifest } as StudyImages;
  const since = { ledger: { ...all, ...now }, manifest } as StudyImages;
  return ledgerState(studyLedger(opened, study, hang(study, []), shown, since));
}

describe("the ledger (IMG-13)", () => {
  it("is complete when all that was counted came and can be reached", () => {
    expect(state({})).toBe("complete");
  });

  it("says what is missing, in objects or in frames", () => {
    expect(state({ declared_instances: 5 })).toBe("missing");
    expect(state({ declared_frames: 4 })).toBe("missing");
  });

  it("is not complete where two contents are signed for under one UID", () => {
    expect(state({ contradicted_instances: 1 })).toBe("contradicted");
    expect(state({ contradicted_instances: 1, open: true })).toBe("contradicted");
  });

  it("says when more came than was counted", () => {
    expect(state({ declared_instances: 3, declared_frames: 2 })).toBe("excess");
    expect(state({ declared_instances: 3, declared_frames: 2, open: true })).toBe("excess");
  });

  it("is not complete as long as more is known to come, or has come and is not shown", () => {
    expect(state({ open: true })).toBe("arriving");
    expect(state({ declared_instances: 9, declared_frames: 8, open: true })).toBe("arriving");
    const more = { declared_instances: 5, declared_frames: 4, arrived_instances: 5, arrived_frames: 4 };
    expect(state({}, undefined, more)).toBe("arriving");
    expect(state({}, undefined, { ...more, declared_instances: 4, declared_frames: 3 })).toBe("excess");
  });

  it("says when something is here and cannot be reached", () => {
    expect(state({ arrived_instances: 5, declared_instances: 5 })).toBe("unreachable");
    expect(state({ arrived_frames: 4, declared_frames: 4 })).toBe("unreachable");
  });

  it("does not count as reachable what is listed and cannot be shown", () => {
    const nothing = (): boolean => false;
    expect(state({}, undefined, {}, nothing)).toBe("unshown");
    expect(state({ declared_instances: 0 }, null, {}, nothing)).toBe("unshown");
    expect(state({ declared_instances: 5 }, undefined, {}, nothing)).toBe("missing");
    expect(state({ arrived_frames: 4, declared_frames: 4 }, undefined, {}, nothing)).toBe("unreachable");
  });

  it("does not take a part that came for the whole while the gateway has not signed for it", () => {
    expect(state({ open: true }, null)).toBe("arriving");
    expect(state({ open: true, declared_instances: 7, declared_frames: null }, null)).toBe("arriving");
  });

  it("does not call complete what nobody counted, nor trust a count whose signature fails", () => {
    expect(state({ declared_instances: 0, declared_frames: 0 }, null)).toBe("uncounted");
    expect(state({ declared_instances: null, declared_frames: null }, null)).toBe("uncounted");
    expect(state({}, { signed_by: ["g"], verified: false })).toBe("unsigned");
  });
});
