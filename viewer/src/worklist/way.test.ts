import { describe, expect, it } from "vitest";
import type { CaseWay, Outcome } from "@/api/types";
import { madeItem } from "./madeItems";
import { caseStates } from "./way";

const way = (changed: Partial<CaseWay> = {}): CaseWay => ({
  gateway: { gateway_id: "g1", name: "北館", state: "at-hub", error: "", left_bytes: 0, done_at: "" },
  signed_for: { instances: 4, verified: true, at: "2026-11-23T08:01:00Z" },
  first_received_at: "2026-11-23T08:00:00Z",
  last_received_at: "2026-11-23T08:00:30Z",
  held: [],
  changes: [],
  back: [],
  ...changed,
});
const atGateway = (state: "received" | "proved" | "forwarding" | "problem", error = ""): Partial<CaseWay> => ({
  gateway: { gateway_id: "g1", name: "北館", state, error, left_bytes: 0, done_at: "" },
  signed_for: null,
});
const arriving = madeItem("a", { images_state: "arriving", arrived_instances: 1 });
const done = madeItem("a", { status: "completed", report_status: "final" });
const sr = { kind: "sr", delivered_at: "2026-11-23T09:05:00Z", error: "", stamps: 0, places: {} };
const pdf = { kind: "pdf", delivered_at: null, error: "", stamps: 0, places: {} };

describe("the way of a case", () => {
  it("has no station of which the hub was told nothing", () => {
    expect(caseStates(madeItem("a"), null)).toEqual({ hub: "here", reading: "ahead", signed: "ahead" });
    const sent = way({ gateway: null, signed_for: null });
    expect(Object.keys(caseStates(madeItem("a"), sent))).toEqual(["hub", "reading", "signed", "back", "opened"]);
  });

  it("begins at the hospital, where a gateway told of it or signed for it", () => {
    expect(caseStates(madeItem("a"), way())).toMatchObject({ taken: "passed", proved: "passed", hub: "here" });
    expect(caseStates(arriving, way(atGateway("received")))).toMatchObject({ proved: "now", hub: "now" });
    expect(caseStates(arriving, way(atGateway("forwarding")))).toMatchObject({ proved: "passed", hub: "now" });
  });

  it("is stuck where the gateway says so, or a signature does not hold", () => {
    expect(caseStates(arriving, way(atGateway("problem", "cut")))).toMatchObject({ proved: "now", hub: "stuck" });
    const forged = way({ signed_for: { instances: 4, verified: false, at: "" } });
    expect(caseStates(madeItem("a"), forged).proved).toBe("stuck");
    expect(caseStates(madeItem("a", { images_after_signature: true }), way()).hub).toBe("stuck");
  });

  it("goes on through reading and signing", () => {
    const reading = madeItem("a", { status: "in_progress" });
    expect(caseStates(reading, way())).toMatchObject({ hub: "passed", reading: "now", signed: "ahead", back: "ahead" });
    expect(caseStates(done, way())).toMatchObject({ reading: "passed", signed: "here", back: "ahead" });
  });

  it("ends in the PACS with the last object of the report, and says where that fails", () => {
    expect(caseStates(done, way({ back: [sr, pdf] }))).toMatchObject({ signed: "passed", back: "now" });
    expect(caseStates(done, way({ back: [sr, { ...pdf, places: { pacs: "accepted" } }] })).back).toBe("now");
    expect(caseStates(done, way({ back: [sr, { ...pdf, places: { pacs: "not-committed" } }] })).back).toBe("stuck");
    expect(caseStates(done, way({ back: [sr, { ...pdf, error: "refused" }] })).back).toBe("stuck");
    const all = way({ back: [sr, { ...pdf, delivered_at: "2026-11-23T09:06:00Z", error: "refused" }] });
    expect(caseStates(done, all).back).toBe("here");
    const again = { ...pdf, stamps: 1, error: "refused" };
    expect(caseStates(done, way({ back: [...all.back, again] })).back).toBe("here");
  });

  it("ends where somebody in the hospital has read the report", () => {
    const outcome = { state: "unread", overdue: null, opened: [], acted: null } as unknown as Outcome;
    const states = (changed: Partial<Outcome>): unknown =>
      caseStates(madeItem("a"), way(), { ...outcome, ...changed }).opened;
    expect(states({})).toBe("ahead");
    expect(states({ overdue: "unread" })).toBe("stuck");
    expect(states({ state: "read" })).toBe("here");
    expect(states({ state: "done" })).toBe("here");
  });
});
