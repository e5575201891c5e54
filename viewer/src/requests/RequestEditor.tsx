import { Button } from "@mantine/core";
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem, getJson, SIGNED_IN } from "@/api/client";
import { SaveMark } from "@/report/SaveMark";
import { Saver, type Drafting, type SaveState } from "@/report/saver";
import { beforeLock } from "@/session/beforeLock";
import { hubNow } from "@/ui/clock";
import { dayOf } from "@/ui/format";
import { FailedLine } from "@/ui/States";
import { putRequest, requestPath, told } from "./api";
import { compactDay } from "./days";
import { PlacedFiles } from "./Files";
import form from "./Form.module.css";
import { asPlaced, draftOf, gapsOf, sameDraft, type Draft, type Gap } from "./model";
import classes from "./Request.module.css";
import { Gaps, RequestForm } from "./RequestForm";
import type { ReadingRequest } from "./shapes";

export interface RequestEditorProps {
  readonly request: ReadingRequest;
  readonly onDone: () => void;
}

type RequestSaver = Saver<Draft, ReadingRequest>;

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
  const saver = useSaver(client, request);
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

function useSaver(client: QueryClient, request: ReadingRequest): RequestSaver {
  const [saver] = useState(
    () =>
      new Saver<Draft, ReadingRequest>(
        request,
        async (draft, version) => {
          if (missing(draft, request.site_id).length > 0) throw new Incomplete();
          const saved = await putRequest(request.request_id, asPlaced(draft), version);
          void told(client, saved);
          return saved;
        },
        DRAFTING,
        { look: () => getJson<ReadingRequest>(requestPath(request.request_id)) },
      ),
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
  return saver;
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
