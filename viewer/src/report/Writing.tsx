import { Button } from "@mantine/core";
import { useEffect, useState, useSyncExternalStore, type JSX, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Report } from "@/api/types";
import { saveAll } from "@/session/beforeLock";
import { LoadingRows } from "@/ui/States";
import { Pen, type PenState } from "./pen";
import { Written } from "./ReadOnly";
import classes from "./Report.module.css";
import type { Beginning } from "./useDraft";
import { useTyped } from "./useTyped";

export interface WritingProps {
  readonly itemId: string;
  readonly report: Report;
  /** The editor, with what was typed here before; undefined where that is not known yet. */
  readonly children: (typed: Beginning["typed"]) => ReactNode;
}

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
      {children(typed.found)}
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
