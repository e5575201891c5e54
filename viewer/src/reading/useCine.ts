import { useEffect, useRef, useState } from "react";
import type { StackView } from "@/viewports/StackView";
import { Cine, type Pace } from "./cine";

const SAY_EVERY = 500;

/** Runs through the active viewport's stack and round again, with what is linked to it; returns the pace that it has. */
export function useCine(
  running: boolean,
  active: () => StackView | null,
  drawn: () => boolean,
  stop: () => void,
): Pace | null {
  const latest = useRef({ active, drawn, stop });
  const [pace, setPace] = useState<Pace | null>(null);
  useEffect(() => {
    latest.current = { active, drawn, stop };
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
      const { frame } = view.state;
      cine.tick(now, {
        scrollBy: (steps, around) => view.scrollBy(steps, around),
        state: { frame, drawn: latest.current.drawn() },
      });
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
