/** Where a case stands on its way from the modality to the hospital's PACS; only what the hub knows; pure. */
import type { CaseWay, Outcome, WorklistItem } from "@/api/types";
import { isRefused, originals } from "@/delivery/model";
import type { StationState } from "@/ui/Stations";

export const CASE_STATIONS = ["taken", "proved", "hub", "reading", "signed", "back", "opened"] as const;
export type CaseStation = (typeof CASE_STATIONS)[number];
export type CaseStates = Readonly<Partial<Record<CaseStation, StationState>>>;

/** Stations of which the hub was told nothing are not in it: those of the gateway, or of the way back. */
export function caseStates(item: WorklistItem, way: CaseWay | null, outcome: Outcome | null = null): CaseStates {
  return { ...atHospital(way), ...atCentre(item, way), ...onTheWayBack(item, way), ...opened(way, outcome) };
}

/** Whether somebody in the hospital has read the version that holds now. */
function opened(way: CaseWay | null, outcome: Outcome | null): CaseStates {
  if (way === null) return {};
  if (outcome === null || outcome.state === "unsigned" || outcome.state === "unread")
    return { opened: outcome?.overdue ? "stuck" : "ahead" };
  return { opened: "here" };
}

function atHospital(way: CaseWay | null): CaseStates {
  if (way === null || (way.gateway === null && way.signed_for === null)) return {};
  const { gateway, signed_for: signedFor } = way;
  if (signedFor !== null && !signedFor.verified) return { taken: "passed", proved: "stuck" };
  const waits = gateway?.state === "received" || gateway?.state === "problem";
  return { taken: "passed", proved: waits && signedFor === null ? "now" : "passed" };
}

function atCentre(item: WorklistItem, way: CaseWay | null): CaseStates {
  const here = item.images_state === "complete";
  const reading = item.status === "in_progress";
  const done = item.status === "completed";
  const stopped = item.images_state === "problem" || item.images_after_signature || (!here && isStopped(way));
  const arrived: StationState = done || reading ? "passed" : "here";
  return {
    hub: stopped ? "stuck" : here ? arrived : "now",
    reading: done ? "passed" : reading ? "now" : "ahead",
    signed: done ? (way !== null && way.back.length > 0 ? "passed" : "here") : "ahead",
  };
}

export const isStopped = (way: CaseWay | null): boolean => way?.gateway?.state === "problem";

function onTheWayBack(item: WorklistItem, way: CaseWay | null): CaseStates {
  if (way === null) return {};
  if (item.status !== "completed" || way.back.length === 0) return { back: "ahead" };
  const waiting = originals(way.back).filter(({ delivered_at }) => delivered_at === null);
  if (waiting.some(isRefused)) return { back: "stuck" };
  return { back: waiting.length === 0 ? "here" : "now" };
}
