import { Button } from "@mantine/core";
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useState, useSyncExternalStore, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem, getJson } from "@/api/client";
import { Former } from "@/kept/Former";
import { InHand } from "@/kept/inHand";
import { useInHand } from "@/kept/useInHand";
import { SaveMark } from "@/report/SaveMark";
import { Saver, type Drafting, type SaveState, type Typed } from "@/report/saver";
import { hubNow } from "@/ui/clock";
import { dayOf } from "@/ui/format";
import { FailedLine } from "@/ui/States";
import { putRequest, requestPath, told } from "./api";
import { compactDay } from "./days";
import { PlacedFiles } from "./Files";
import form from "./Form.module.css";
import { asPlaced, draftOf, gapsOf, sameDraft, writtenIn, type Draft, type Gap } from "./model";
import classes from "./Request.module.css";
import { Gaps, RequestForm } from "./RequestForm";
import type { ReadingRequest } from "./shapes";

export interface RequestEditorProps {
  readonly request: ReadingRequest;
  readonly onDone: () => void;
}

type RequestSaver = Saver<Draft, ReadingRequest>;
type RequestInHand = InHand<Typed<Draft>, RequestSaver>;

const DRAFTING: Drafting<Draft, ReadingRequest> = { draftOf, same: sameDraft, savedAt: () => null };

/** Half a request is not brought to the hub: what it has stays until the words are whole. */
class Incomplete extends ApiProblem {
  constructor() {
    super({ type: "urn:dokuei:problem:bad-request", title: "incomplete", status: 422 });
  }
}

const missing = (draft: Draft, siteId: string): Gap[] => {
  const now = hubNow();
  return gapsOf(draft, { siteId, today: compactDay(dayOf(new Date(now))), now, placed: true });
};

/** A placed request in change: saved as one types, never over another's words. */
export function RequestEditor({ request, onDone }: RequestEditorProps): JSX.Element {
  const { t } = useTranslation("requests");
  const client = useQueryClient();
  const hand = useInHand("request", request.request_id, () => taken(client, request));
  const saver = hand.bringer;
  const state = useSyncExternalStore(saver.subscribe, saver.currentState);
  const draft = useSyncExternalStore(saver.subscribe, saver.currentDraft);
  const gaps = missing(draft, request.site_id);
  const done = async (): Promise<void> => {
    if (await saver.flush()) onDone();
  };
  return (
    <RequestForm
      draft={draft}
      onChange={(changed) => saver.edit(changed)}
      gaps={gaps}
      asked
      onCompose={(composing) => saver.compose(composing)}
      files={<PlacedFiles request={request} mayAdd />}
      side={
        <aside className={form["side"]} aria-label={t("edit")}>
          <h2>{t("edit")}</h2>
          {state.kind === "clean" ? (
            <p className={form["none"]}>{t("form.saved_as_typed")}</p>
          ) : (
            <SaveMark state={state} />
          )}
          <Former hand={hand} wordsOf={({ draft: former }) => writtenIn(former)} />
          <Gaps gaps={gaps} asked />
          <Trouble state={state} saver={saver} requestId={request.request_id} />
          <Button onClick={() => void done()} disabled={state.kind === "conflict"}>
            {t("done")}
          </Button>
        </aside>
      }
    />
  );
}

function taken(client: QueryClient, request: ReadingRequest): RequestInHand {
  const put = async (draft: Draft, version: number): Promise<ReadingRequest> => {
    if (missing(draft, request.site_id).length > 0) throw new Incomplete();
    const saved = await putRequest(request.request_id, asPlaced(draft), version);
    void told(client, saved);
    return saved;
  };
  const look = (): Promise<ReadingRequest> => getJson<ReadingRequest>(requestPath(request.request_id));
  return new InHand("request", request.request_id, new Saver(request, put, DRAFTING, look));
}

interface TroubleProps {
  readonly state: SaveState;
  readonly saver: RequestSaver;
  readonly requestId: string;
}

/** Why the words are not at the hub, and what can be done of it. */
function Trouble({ state, saver, requestId }: TroubleProps): JSX.Element | null {
  const { t } = useTranslation("requests");
  const [error, setError] = useState<unknown>(null);
  if (state.kind === "refused" && !(state.error instanceof Incomplete)) return <FailedLine error={state.error} />;
  if (state.kind !== "conflict") return null;
  const settle = (keep: "mine" | "theirs"): void => {
    setError(null);
    void getJson<ReadingRequest>(requestPath(requestId))
      .then((theirs) => saver.settle(theirs, keep))
      .catch(setError);
  };
  return (
    <div className={classes["notice"]} role="alert">
      <p>{t("conflict.text")}</p>
      {error !== null && <FailedLine error={error} />}
      <Button size="xs" variant="default" onClick={() => settle("theirs")}>
        {t("conflict.theirs")}
      </Button>
      <Button size="xs" variant="default" onClick={() => settle("mine")}>
        {t("conflict.mine")}
      </Button>
    </div>
  );
}
