import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore, type JSX, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Report } from "@/api/types";
import { shelf, type Found } from "@/kept/shelf";
import { saveAll } from "@/session/beforeLock";
import { LoadingRows } from "@/ui/States";
import { InstantText } from "@/ui/Written";
import { getReport, reportKey } from "./api";
import { sameDraft, draftOf, type Draft } from "./model";
import { Pen, type PenState } from "./pen";
import { Written } from "./ReadOnly";
import classes from "./Report.module.css";
import type { Typed } from "./saver";

export interface WritingProps {
  readonly itemId: string;
  readonly report: Report;
  /** The editor, with what was typed here before. */
  readonly children: (typed: Typed<Draft> | null) => ReactNode;
}

const KEY_WITHIN = 1_500;
const SAVED_WITHIN = 1_500;

/** A report is written in one tab of a browser; the others read, and say so. */
export function Writing({ itemId, report, children }: WritingProps): JSX.Element {
  const { state, turn, take } = usePen(itemId);
  const typed = useTyped(itemId, turn, state === "mine");
  if (state === "elsewhere" || state === "given") {
    return (
      <>
        <InAnotherTab state={state} onTake={take} />
        <Written itemId={itemId} report={report} />
      </>
    );
  }
  if (state === "asking" || typed === undefined) return <LoadingRows rows={6} />;
  return (
    <div className={classes["panel"]} key={turn}>
      {typed !== null && <BroughtBack typed={typed} report={report} />}
      {children(typed?.value ?? null)}
    </div>
  );
}

interface PenInHand {
  readonly state: PenState;
  /** Grows each time the pen is taken from another tab. */
  readonly turn: number;
  readonly take: () => void;
}

function usePen(itemId: string): PenInHand {
  const [pen] = useState(() => new Pen(itemId, { beforeGiving: () => saveAll(SAVED_WITHIN) }));
  const [turn, setTurn] = useState(0);
  const state = useSyncExternalStore(pen.subscribe, pen.state);
  useEffect(() => {
    pen.begin();
    return () => pen.end();
  }, [pen]);
  const take = (): void => {
    setTurn(turn + 1);
    void pen.take();
  };
  return { state, turn, take };
}

/** What was typed on this computer and is not at the hub; what another tab saved is looked up first. */
function useTyped(itemId: string, turn: number, wanted: boolean): Found<Typed<Draft>> | null | undefined {
  const client = useQueryClient();
  return useQuery({
    queryKey: ["typed-here", itemId, turn],
    queryFn: async () => {
      if (turn > 0) {
        const saved = await getReport(itemId, AbortSignal.timeout(SAVED_WITHIN)).catch(() => null);
        if (saved !== null) client.setQueryData(reportKey(itemId), saved);
      }
      await shelf.ready(KEY_WITHIN);
      return shelf.find<Typed<Draft>>("draft", itemId);
    },
    enabled: wanted,
    networkMode: "always",
    staleTime: Infinity,
    gcTime: 0,
    structuralSharing: false,
  }).data;
}

function InAnotherTab({ state, onTake }: { readonly state: PenState; readonly onTake: () => void }): JSX.Element {
  const { t } = useTranslation("outage");
  return (
    <div className={classes["notice"]} role="status" data-pen={state}>
      <p>{t(state === "given" ? "tab.given" : "tab.elsewhere")}</p>
      <Button size="xs" variant="default" onClick={onTake}>
        {t("tab.take")}
      </Button>
    </div>
  );
}

/** What stands in the editor is not what the hub had when it opened. */
function BroughtBack({ typed, report }: { readonly typed: Found<Typed<Draft>>; readonly report: Report }): ReactNode {
  const { t } = useTranslation("outage");
  const [differed] = useState(() => !sameDraft(typed.value.draft, draftOf(report)));
  if (!differed) return null;
  return (
    <p className={classes["notice"]} role="status" data-brought-back="">
      <span>
        {t("brought_back")} <InstantText value={new Date(typed.at).toISOString()} seconds />
      </span>
    </p>
  );
}
