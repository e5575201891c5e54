import { useEffect, useRef } from "react";
import type { StackView } from "@/viewports/StackView";

const DEFAULT_MILLISECONDS = 100;

/** Milliseconds an image, as the object says or ten images a second. */
export const cinePace = (view: StackView): number => view.state.frame.instance.frameTime ?? DEFAULT_MILLISECONDS;

/** Runs through the active viewport's stack and round again; waits for an image that is not here rather than skip it. */
export function useCine(running: boolean, active: () => StackView | null, stop: () => void): void {
  const latest = useRef({ active, stop });
  useEffect(() => {
    latest.current = { active, stop };
  });
  useEffect(() => {
    if (!running) return;
    let due = performance.now();
    let handle = 0;
    const tick = (now: number): void => {
      const view = latest.current.active();
      if (view === null || view.state.stack.frames.length < 2) {
        latest.current.stop();
        return;
      }
      if (now >= due && view.state.drawn) {
        due = Math.max(due + cinePace(view), now);
        view.scrollBy(1, true);
      }
      handle = requestAnimationFrame(tick);
    };
    handle = requestAnimationFrame(tick);
    return () => cancelAnimationFrame(handle);
  }, [running]);
}
