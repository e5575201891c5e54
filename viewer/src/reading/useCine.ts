import { useEffect, useRef, useState } from "react";
import type { StackView } from "@/viewports/StackView";
import { Cine, type Pace } from "./cine";

const SAY_EVERY = 500;

/** Runs through the active viewport's stack and round again; returns the pace that it has. */
export function useCine(running: boolean, active: () => StackView | null, stop: () => void): Pace | null {
  const latest = useRef({ active, stop });
  const [pace, setPace] = useState<Pace | null>(null);
  useEffect(() => {
    latest.current = { active, stop };
  });
  useEffect(() => {
    if (!running) return;
    const cine = new Cine();
    let handle = 0;
    const tick = (now: number): void => {
      const view = latest.current.active();
      if (view === null || view.state.stack.frames.length < 2) {
        latest.current.stop();
        return;
      }
      cine.tick(now, view);
      handle = requestAnimationFrame(tick);
    };
    handle = requestAnimationFrame(tick);
    const saying = setInterval(() => setPace(cine.pace(performance.now())), SAY_EVERY);
    return () => {
      cancelAnimationFrame(handle);
      clearInterval(saying);
      setPace(null);
    };
  }, [running]);
  return pace;
}
