import { item, items, type Dataset } from "./dicomJson";

/**
 * Attributes of one frame of an enhanced object: its own functional groups over the shared ones (PS3.3 C.7.6.16).
 * A plain object has neither, and answers with itself.
 */
export interface FrameAttributes {
  /** The item of a functional group's sequence for this frame; `null` where the object has no such group. */
  group(sequenceTag: string): Dataset | null;
  readonly object: Dataset;
  readonly enhanced: boolean;
}

const PER_FRAME = "52009230";
const SHARED = "52009229";

export function frameAttributes(object: Dataset, frameNumber: number): FrameAttributes {
  const own = items(object, PER_FRAME)[frameNumber - 1] ?? {};
  const shared = item(object, SHARED);
  return {
    object,
    enhanced: object[PER_FRAME] !== undefined || object[SHARED] !== undefined,
    group: (sequenceTag) => items(own, sequenceTag)[0] ?? items(shared, sequenceTag)[0] ?? null,
  };
}
