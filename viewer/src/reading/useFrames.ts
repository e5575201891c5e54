import { useEffect, useState } from "react";
import { call } from "@/api/client";
import { decodePool } from "@/images/decode/pool";
import { serveImagesFrom } from "@/images/cornerstone";
import { lineUse } from "@/images/lineUse";
import { FrameStore, type Rejection } from "@/images/store";
import { packs } from "@/packs/packs";
import { stopEngine } from "@/viewports/engine";
import type { OpenCase } from "./useCase";

/** The share of the device's memory that decoded images may take; Chromium says at most 8 GB, others say nothing. */
function decodedBudget(): number {
  const gigabytes = (navigator as { deviceMemory?: number }).deviceMemory ?? 4;
  return Math.min(gigabytes * 0.16, 1) * 1024 ** 3;
}

const ENCODED_BUDGET = 1024 ** 3;

/** The hub keeps an entry in its trail; that it cannot be told now changes nothing for the reader. */
function tell(siteId: string, { frame, found, detail }: Rejection): void {
  const { sopInstanceUid, studyInstanceUid } = frame.instance;
  const json = {
    kind: "frame.rejected",
    study_instance_uid: studyInstanceUid,
    sop_instance_uid: sopInstanceUid,
    frame: frame.frameNumber,
    expected: frame.digest,
    found,
    detail,
  };
  call(`/api/v1/sites/${encodeURIComponent(siteId)}/viewer-events`, { method: "POST", json }).catch(() => undefined);
}

/** The frames of a case, from its opening until it is left: fetched, decoded and proved in the background. */
export function useFrames(opened: OpenCase): FrameStore {
  const [store] = useState(
    () =>
      new FrameStore({
        pool: decodePool(),
        decodedBudget: decodedBudget(),
        encodedBudget: ENCODED_BUDGET,
        packs,
        line: lineUse,
        onRejected: (rejection) => tell(opened.item.site_id, rejection),
      }),
  );
  useEffect(() => {
    store.open(opened.hanging.stacks.flatMap((stack) => stack.frames));
    return () => {
      serveImagesFrom(null);
      store.close();
      stopEngine();
    };
  }, [store, opened]);
  return store;
}
