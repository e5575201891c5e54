import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { SIGNED_IN } from "@/api/client";
import type { ImageRead, Report } from "@/api/types";
import { beforeLock } from "@/session/beforeLock";
import { putDraft, reportKey } from "./api";
import { unionOfImages, type Draft } from "./model";
import { DraftSaver, type SaveState } from "./saver";

export interface DraftInHand {
  readonly draft: Draft;
  readonly state: SaveState;
  readonly saver: DraftSaver;
  /** A speech engine writes: the next save says so (REC-04). */
  readonly spoke: () => void;
}

/** What a speech engine wrote that the hub has not been told of yet. */
class Voice {
  private count = 0;
  readonly spoke = (): void => {
    this.count += 1;
  };
  readonly unsaved = (): number => this.count;
  readonly saved = (heard: number): void => {
    this.count -= heard;
  };
}

/** The draft of one report for as long as its panel stands; saved before the page locks, kept from being closed unsaved. */
export function useDraft(
  itemId: string,
  report: Report,
  imagesRead: () => readonly ImageRead[],
  priorsShown: () => readonly string[],
): DraftInHand {
  const client = useQueryClient();
  const [voice] = useState(() => new Voice());
  const [saver] = useState(
    () =>
      new DraftSaver(report, async (draft, version) => {
        const before = client.getQueryData<Report>(reportKey(itemId))?.images_read ?? report.images_read;
        const heard = voice.unsaved();
        const seen = { images: unionOfImages(before, imagesRead()), priors: priorsShown() };
        const saved = await putDraft(itemId, draft, { ...seen, spoken: heard > 0 }, version);
        voice.saved(heard);
        client.setQueryData(reportKey(itemId), saved);
        return saved;
      }),
  );
  useEffect(() => {
    const withdraw = beforeLock(() => saver.flush());
    const guard = (event: BeforeUnloadEvent): void => {
      if (!saver.dirty) return;
      void saver.flush();
      event.preventDefault();
    };
    const signedIn = (): void => void saver.signedIn();
    window.addEventListener(SIGNED_IN, signedIn);
    window.addEventListener("beforeunload", guard);
    return () => {
      withdraw();
      window.removeEventListener(SIGNED_IN, signedIn);
      window.removeEventListener("beforeunload", guard);
      void saver.flush();
      saver.stop();
    };
  }, [saver]);
  const state = useSyncExternalStore(saver.subscribe, saver.currentState);
  const draft = useSyncExternalStore(saver.subscribe, saver.currentDraft);
  return { draft, state, saver, spoke: voice.spoke };
}
