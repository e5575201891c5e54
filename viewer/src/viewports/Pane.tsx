import { useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore, type JSX, type ReactNode } from "react";
import type { Cell, Stack } from "@/hanging/plan";
import type { FrameStore } from "@/images/store";
import { graphicsLost, startEngine, subscribeLosses } from "./engine";
import { Overlay, type Identity } from "./Overlay";
import classes from "./Pane.module.css";
import { attachPointer, type Tool } from "./pointer";
import { StackView, type StackViewState } from "./StackView";
import type { Stance } from "./stance";

export interface PaneProps {
  readonly id: string;
  readonly cell: Cell;
  readonly store: FrameStore;
  readonly identity: Identity;
  readonly active: boolean;
  readonly textHidden: boolean;
  readonly cine: ReactNode;
  /** What it is linked by, in words. */
  readonly follows: ReactNode;
  readonly tool: Tool;
  readonly onActivate: () => void;
  readonly onEnlarge: () => void;
  /** The viewport has begun, or ended. */
  readonly onView: (view: StackView | null) => void;
}

const NOTHING = (): (() => void) => () => undefined;

/** One viewport of the reading room: picture, corners of text, and the truth about the frame. */
export function Pane(props: PaneProps): JSX.Element {
  const { id, cell, store, active, tool, onActivate, onEnlarge } = props;
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<StackView | null>(null);
  const latest = useRef({ tool, onActivate, onView: props.onView });
  useLayoutEffect(() => {
    latest.current = { tool, onActivate, onView: props.onView };
  });
  const { stack, placement } = cell;
  const losses = useSyncExternalStore(subscribeLosses, graphicsLost);
  /** Where a viewport stood whose graphics were lost: the next goes on there. */
  const former = useRef<{ readonly stack: Stack; readonly stance: Stance } | null>(null);

  useEffect(() => {
    const element = box.current;
    if (element === null || stack === null) return;
    const stance = former.current?.stack === stack ? former.current.stance : null;
    const made = new StackView({ engine: startEngine(), element, id, store, stack, placement, stance });
    setView(made);
    latest.current.onView(made);
    const stopPointer = attachPointer(element, {
      view: () => made,
      tool: () => latest.current.tool,
      touched: () => latest.current.onActivate(),
    });
    return () => {
      stopPointer();
      former.current = { stack: made.state.stack, stance: made.stance };
      made.destroy();
      setView(null);
      latest.current.onView(null);
    };
  }, [id, stack, placement, store, losses]);

  const state = useSyncExternalStore<StackViewState | null>(view?.subscribe ?? NOTHING, () => view?.state ?? null);
  const preview = state !== null && state.drawn && !state.frameView.whole;
  const failed = state?.frameView.failure != null;
  const hidden = state === null || !state.drawn || failed;
  return (
    <div
      className={classes["pane"]}
      data-active={active || undefined}
      data-preview={preview || undefined}
      data-failed={failed || undefined}
      data-pane={id}
      data-drawn={!hidden || undefined}
      data-proved={(!hidden && state.frameView.whole && state.frameView.proved) || undefined}
      data-index={state?.index}
      data-instance={state?.frame.instance.sopInstanceUid}
      data-frame={state?.frame.frameNumber}
      onDoubleClick={onEnlarge}
    >
      <div ref={box} className={classes["canvas"]} data-hidden={hidden || undefined} />
      {state === null ? null : (
        <Overlay
          state={state}
          identity={props.identity}
          hidden={props.textHidden}
          cine={props.cine}
          follows={props.follows}
          onRetry={() => store.retry(state.frame.imageId)}
        />
      )}
    </div>
  );
}
