import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { SIGNED_IN } from "@/api/client";
import type { ImageRead, Report } from "@/api/types";
import { Copy } from "@/kept/copy";
import { shelf } from "@/kept/shelf";
import { beforeLock } from "@/session/beforeLock";
import { getReport, putDraft, reportKey } from "./api";
import { unionOfImages, type Draft } from "./model";
import { DraftSaver, type SaveState, type Typed } from "./saver";

export interface DraftInHand {
  readonly draft: Draft;
  readonly state: SaveState;
  readonly saver: DraftSaver;
  /** A speech engine writes: the next save says so (REC-04). */
  readonly spoke: () => void;
}

/** The draft as its panel begins with it. */
export interface Beginning {
  readonly report: Report;
  /** What was typed on this computer before, and is not at the hub. */
  readonly typed: Typed<Draft> | null;
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

/** The draft of one report for as long as its panel stands: kept on this computer until the hub has it. */
export function useDraft(
  itemId: string,
  { report, typed }: Beginning,
  imagesRead: () => readonly ImageRead[],
  priorsShown: () => readonly string[],
): DraftInHand {
  const client = useQueryClient();
  const [voice] = useState(() => new Voice());
  const [copy] = useState(() => new Copy<Typed<Draft>>(shelf, "draft", itemId));
  const [saver] = useState(() => {
    const put = async (draft: Draft, version: number): Promise<Report> => {
      const before = client.getQueryData<Report>(reportKey(itemId))?.images_read ?? report.images_read;
      const heard = voice.unsaved();
      const seen = { images: unionOfImages(before, imagesRead()), priors: priorsShown() };
      const saved = await putDraft(itemId, draft, { ...seen, spoken: heard > 0 }, version);
      voice.saved(heard);
      client.setQueryData(reportKey(itemId), saved);
      return saved;
    };
    return new DraftSaver(report, put, { typed, look: () => getReport(itemId) });
  });
  useEffect(() => {
    const write = (): void => copy.set(saver.typed());
    const stopWriting = saver.subscribe(write);
    write();
    saver.begin();
    const withdraw = beforeLock(async () => {
      // A disk that hangs keeps nothing from the hub.
      const [saved] = await Promise.all([saver.flush(), copy.settled()]);
      return saved;
    });
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
      void saver.flush().finally(stopWriting);
      saver.stop();
    };
  }, [saver, copy]);
  const state = useSyncExternalStore(saver.subscribe, saver.currentState);
  const draft = useSyncExternalStore(saver.subscribe, saver.currentDraft);
  return { draft, state, saver, spoke: voice.spoke };
}
