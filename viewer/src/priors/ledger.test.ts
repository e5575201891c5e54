import { describe, expect, it } from "vitest";
import type { WorklistItem } from "@/api/types";
import { madeItem } from "@/worklist/madeItems";
import { arrivedSince, priorCount } from "./ledger";

const prior = (uid: string): WorklistItem["priors"][number] => ({
  study_instance_uid: uid,
  study_date: "20250401",
  modalities: ["MG"],
  study_description: "",
});

const ledger = (
  ...awaited: readonly (readonly [string, "exists" | "requested" | "refused"])[]
): Partial<WorklistItem> => ({
  prior_ledger: {
    state: "answered",
    at: "2026-11-30T08:00:00Z",
    reason: "",
    others: 0,
    awaited: awaited.map(([uid, state]) => ({ ...prior(uid), state, reason: "" })),
  },
});

describe("priorCount", () => {
  it("counts what is here and what the PACS still has, each study once", () => {
    const item = madeItem("1", {
      priors: [prior("1"), prior("2"), prior("3")],
      ...ledger(["3", "requested"], ["4", "refused"]),
    });
    expect(priorCount(item)).toEqual({
      total: 4,
      here: 2,
      awaited: [
        ["requested", 1],
        ["refused", 1],
      ],
    });
  });

  it("knows of the hub's own where no PACS was asked", () => {
    expect(priorCount(madeItem("1", { priors: [prior("1")] }))).toEqual({ total: 1, here: 1, awaited: [] });
  });
});

describe("arrivedSince", () => {
  it("names what came after the case was opened, once it is whole", () => {
    const opened = madeItem("1", { priors: [prior("1")] });
    const now = madeItem("1", { priors: [prior("1"), prior("2"), prior("3")], ...ledger(["3", "requested"]) });
    expect(arrivedSince(now, opened)).toEqual(["2"]);
    expect(arrivedSince(undefined, opened)).toEqual([]);
  });
});
