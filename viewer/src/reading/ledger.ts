import type { StudyImages } from "@/api/types";
import type { Hanging } from "@/hanging/hang";
import type { FrameView } from "@/images/entry";
import type { Frame, Study } from "@/images/frame";

/** What the sender counted, what is here, what can be reached: a difference is never silent (IMG-13). Pure. */
export interface StudyLedger {
  readonly declaredInstances: number;
  readonly declaredFrames: number;
  readonly arrivedInstances: number;
  readonly arrivedFrames: number;
  /** In a stack, or listed as no image. */
  readonly reachableInstances: number;
  readonly reachableFrames: number;
  readonly manifest: StudyImages["manifest"];
  /** Nothing was counted by the sender: completeness cannot be said. */
  readonly counted: boolean;
}

export function studyLedger(images: StudyImages, study: Study, hanging: Hanging): StudyLedger {
  const inStacks = hanging.stacks
    .flatMap((stack) => stack.frames)
    .filter((frame) => frame.instance.studyInstanceUid === study.studyInstanceUid);
  const documents = study.series.flatMap((series) => series.documents);
  const instances = new Set(inStacks.map((frame) => frame.instance.sopInstanceUid));
  for (const one of documents) instances.add(one.sopInstanceUid);
  const { ledger } = images;
  const declared = ledger.declared_instances ?? 0;
  return {
    declaredInstances: declared,
    declaredFrames: ledger.declared_frames ?? ledger.arrived_frames,
    arrivedInstances: ledger.arrived_instances,
    arrivedFrames: ledger.arrived_frames,
    reachableInstances: instances.size,
    reachableFrames: inStacks.length + documents.reduce((sum, one) => sum + one.numberOfFrames, 0),
    manifest: images.manifest,
    // A count so far that has been reached is not the sender's last word while the study is open.
    counted: declared > 0 && !(ledger.open && declared <= ledger.arrived_instances),
  };
}

export type LedgerState = "complete" | "uncounted" | "missing" | "unreachable" | "unsigned";

export function ledgerState(ledger: StudyLedger): LedgerState {
  if (ledger.reachableInstances < ledger.arrivedInstances || ledger.reachableFrames < ledger.arrivedFrames)
    return "unreachable";
  if (ledger.counted && ledger.arrivedInstances !== ledger.declaredInstances) return "missing";
  if (ledger.counted && ledger.arrivedFrames !== ledger.declaredFrames) return "missing";
  if (ledger.manifest !== null && !ledger.manifest.verified) return "unsigned";
  return ledger.counted ? "complete" : "uncounted";
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
