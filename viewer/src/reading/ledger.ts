import type { StudyImages } from "@/api/types";
import type { Hanging } from "@/hanging/hang";
import type { FrameView } from "@/images/entry";
import type { DocumentObject, Frame, Study } from "@/images/frame";

/** What the sender counted, what is here, what can be reached: a difference is never silent (IMG-13). Pure. */
export interface StudyLedger {
  readonly declaredInstances: number;
  readonly declaredFrames: number;
  readonly arrivedInstances: number;
  readonly arrivedFrames: number;
  /** In a stack, or a document that opens. */
  readonly reachableInstances: number;
  readonly reachableFrames: number;
  /** Listed, and of a kind that nothing here can show. */
  readonly unshownInstances: number;
  /** At the hub, and not in this room: they came after the case was opened. */
  readonly newInstances: number;
  readonly newFrames: number;
  readonly manifest: StudyImages["manifest"];
  /** False where nothing was counted by the sender: completeness cannot be said. */
  readonly counted: boolean;
  /** More is known to come. */
  readonly open: boolean;
  /** Two contents were signed for under one UID, or another than is here. */
  readonly contradictedInstances: number;
  /** A modality said that it broke the examination off. */
  readonly discontinued: boolean;
}

/** `opened` is what the room was made of, `now` what the hub says of the study since, `shown` what opens of it. */
export function studyLedger(
  opened: StudyImages,
  study: Study,
  hanging: Hanging,
  shown: (document: DocumentObject) => boolean,
  now = opened,
): StudyLedger {
  const inStacks = hanging.stacks
    .flatMap((stack) => stack.frames)
    .filter((frame) => frame.instance.studyInstanceUid === study.studyInstanceUid);
  const all = study.series.flatMap((series) => series.documents);
  const documents = all.filter(shown);
  const instances = new Set(inStacks.map((frame) => frame.instance.sopInstanceUid));
  for (const one of documents) instances.add(one.sopInstanceUid);
  const { ledger } = now;
  return {
    declaredInstances: ledger.declared_instances ?? 0,
    declaredFrames: ledger.declared_frames ?? ledger.arrived_frames,
    arrivedInstances: ledger.arrived_instances,
    arrivedFrames: ledger.arrived_frames,
    reachableInstances: instances.size,
    reachableFrames: inStacks.length + documents.reduce((sum, one) => sum + one.numberOfFrames, 0),
    unshownInstances: all.length - documents.length,
    newInstances: Math.max(ledger.arrived_instances - opened.ledger.arrived_instances, 0),
    newFrames: Math.max(ledger.arrived_frames - opened.ledger.arrived_frames, 0),
    manifest: now.manifest,
    counted: (ledger.declared_instances ?? 0) > 0,
    open: ledger.open,
    contradictedInstances: ledger.contradicted_instances,
    discontinued: ledger.discontinued,
  };
}

export type LedgerState =
  | "complete"
  | "uncounted"
  | "arriving"
  | "missing"
  | "excess"
  | "contradicted"
  | "unreachable"
  | "unshown"
  | "unsigned";

export function ledgerState(ledger: StudyLedger): LedgerState {
  const { reachableInstances, reachableFrames, unshownInstances, newInstances, newFrames } = ledger;
  if (reachableInstances + unshownInstances + newInstances < ledger.arrivedInstances) return "unreachable";
  if (reachableFrames + newFrames < ledger.arrivedFrames) return "unreachable";
  if (ledger.manifest !== null && !ledger.manifest.verified) return "unsigned";
  if (ledger.contradictedInstances > 0) return "contradicted";
  const state = countedState(ledger);
  return unshownInstances > 0 && (state === "complete" || state === "uncounted") ? "unshown" : state;
}

function countedState(ledger: StudyLedger): LedgerState {
  if (!ledger.counted) return "uncounted";
  const instances = ledger.arrivedInstances - ledger.declaredInstances;
  const frames = ledger.arrivedFrames - ledger.declaredFrames;
  if (instances > 0 || frames > 0) return "excess";
  if (ledger.open || ledger.newInstances > 0) return "arriving";
  return instances < 0 || frames < 0 ? "missing" : "complete";
}

export interface Progress {
  readonly frames: number;
  readonly proved: number;
  readonly failed: number;
}

export function progressOf(all: readonly { frame: Frame; view: FrameView }[], studyInstanceUid: string): Progress {
  const own = all.filter(({ frame }) => frame.instance.studyInstanceUid === studyInstanceUid);
  return {
    frames: own.length,
    proved: own.filter(({ view }) => view.proved).length,
    failed: own.filter(({ view }) => view.failure !== null).length,
  };
}
