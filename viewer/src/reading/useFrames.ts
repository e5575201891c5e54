import { useEffect, useState } from "react";
import { call } from "@/api/client";
import { begunAhead, decodePool, takeAhead, type DecodePool } from "@/images/decode/pool";
import { serveImagesFrom } from "@/images/cornerstone";
import { lineUse } from "@/images/lineUse";
import { FrameStore, type Rejection } from "@/images/store";
import { packs } from "@/packs/packs";
import { stopEngine } from "@/viewports/engine";
import type { OpenCase } from "./useCase";
import { firstLook } from "./views";

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

/** Decoders, started before it is known what they will decode. */
export function useDecoders(): DecodePool {
  const [pool] = useState(() => begunAhead() ?? decodePool());
  useEffect(() => {
    takeAhead(pool);
    void pool.begin();
    return () => pool.close();
  }, [pool]);
  return pool;
}

/**
 * The frames of a case, from its opening until it is left: fetched, decoded and proved in the background. Null for the
 * moment until the first are asked for, so that they are on their way while the room is drawn.
 */
export function useFrames({ hanging, item }: OpenCase, pool: DecodePool): FrameStore | null {
  const [store] = useState(
    () =>
      new FrameStore({
        pool,
        decodedBudget: decodedBudget(),
        encodedBudget: ENCODED_BUDGET,
        packs,
        line: lineUse,
        onRejected: (rejection) => tell(item.site_id, rejection),
      }),
  );
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    store.open(hanging.stacks.flatMap((stack) => stack.frames));
    store.look(firstLook(hanging));
    const drawing = setTimeout(() => setAsked(true));
    return () => {
      clearTimeout(drawing);
      serveImagesFrom(null);
      store.close();
      stopEngine();
    };
  }, [store, hanging]);
  return asked ? store : null;
}
