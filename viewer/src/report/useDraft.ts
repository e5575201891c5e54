import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import type { ImageRead, Report } from "@/api/types";
import { InHand } from "@/kept/inHand";
import type { Found } from "@/kept/shelf";
import { useInHand } from "@/kept/useInHand";
import { getReport, putDraft, reportKey } from "./api";
import { unionOfImages, type Draft } from "./model";
import { DraftSaver, type SaveState, type TypedReport } from "./saver";

export interface DraftInHand {
  readonly draft: Draft;
  readonly state: SaveState;
  readonly saver: DraftSaver;
  readonly hand: InHand<TypedReport, DraftSaver>;
}

/** The draft as its panel begins with it. */
export interface Beginning {
  readonly report: Report;
  /** What was typed on this computer before, and is not at the hub; undefined where that is not known yet. */
  readonly typed: Found<TypedReport> | null | undefined;
}

/** What the reader has seen of the case. */
export interface Seen {
  readonly imagesRead: () => readonly ImageRead[];
  readonly priorsShown: () => readonly string[];
}

const NOTHING: Seen = { imagesRead: () => [], priorsShown: () => [] };

/** A report in writing, and what its reader has seen meanwhile. */
class ReportInHand extends InHand<TypedReport, DraftSaver> {
  #seen = NOTHING;

  readonly seen = (): Seen => this.#seen;

  /** The page that stands says what its reader has seen so far. */
  readonly shows = (seen: Seen): void => {
    this.#seen = seen;
  };
}

function taken(client: QueryClient, itemId: string, { report, typed }: Beginning): ReportInHand {
  const put = async (draft: Draft, version: number, spoken: boolean): Promise<Report> => {
    const before = client.getQueryData<Report>(reportKey(itemId))?.images_read ?? report.images_read;
    const seen = hand.seen();
    const read = { images: unionOfImages(before, seen.imagesRead()), priors: seen.priorsShown() };
    const saved = await putDraft(itemId, draft, { ...read, spoken }, version);
    client.setQueryData(reportKey(itemId), saved);
    return saved;
  };
  const saver = new DraftSaver(report, put, () => getReport(itemId));
  const hand = new ReportInHand("draft", itemId, saver, { found: typed });
  return hand;
}

/** The draft of one report: kept on this computer until the hub has it, even where its page is left before that. */
export function useDraft(itemId: string, beginning: Beginning, { imagesRead, priorsShown }: Seen): DraftInHand {
  const client = useQueryClient();
  const hand = useInHand("draft", itemId, () => taken(client, itemId, beginning));
  useEffect(() => {
    hand.shows({ imagesRead, priorsShown });
  }, [hand, imagesRead, priorsShown]);
  const saver = hand.bringer;
  const state = useSyncExternalStore(saver.subscribe, saver.currentState);
  const draft = useSyncExternalStore(saver.subscribe, saver.currentDraft);
  return { draft, state, saver, hand };
}
