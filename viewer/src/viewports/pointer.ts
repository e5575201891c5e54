import { stateOf } from "./grey";
import { pointerOnMeasurement, type MeasuringTool } from "./measuring";
import type { StackView } from "./StackView";

/** The mouse on a viewport: wheel scrolls; the main button does what was chosen, the middle pans, the right zooms. */

export type DragTool = "window" | "pan" | "zoom" | "scroll";
export type Tool = DragTool | MeasuringTool;

export const isDragTool = (tool: Tool): tool is DragTool =>
  tool === "window" || tool === "pan" || tool === "zoom" || tool === "scroll";

export interface PointerOptions {
  readonly view: () => StackView | null;
  readonly tool: () => Tool;
  readonly touched: () => void;
}

const BUTTON_TOOLS: Readonly<Record<number, DragTool>> = { 1: "pan", 2: "zoom" };
const ZOOM_PER_PIXEL = 0.006;
/** A drag over the viewport's height runs through the stack once, however long it is. */
const PIXELS_A_STEP_AT_MOST = 24;
/** A notch of a wheel. A browser that is busy hands several over as one event. */
const PIXELS_A_NOTCH = 100;
/** WheelEvent.DOM_DELTA_PIXEL */
const PIXELS = 0;

export function attachPointer(element: HTMLElement, options: PointerOptions): () => void {
  const stop = new AbortController();
  const on = { signal: stop.signal };
  let drag: { tool: DragTool; x: number; y: number; rest: number } | null = null;

  const move = (event: PointerEvent): void => {
    const view = options.view();
    if (drag === null || view === null) return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    drag = { ...drag, x: event.clientX, y: event.clientY };
    if (drag.tool === "pan") view.panBy(dx, dy);
    else if (drag.tool === "zoom") view.zoomBy(Math.exp(-dy * ZOOM_PER_PIXEL));
    else if (drag.tool === "window") dragWindow(view, dx, dy, element);
    else drag.rest = dragScroll(view, drag.rest + dy, element);
  };

  element.addEventListener(
    "pointerdown",
    (event) => {
      options.touched();
      const chosen = options.tool();
      const tool = event.button === 0 ? (isDragTool(chosen) ? chosen : null) : BUTTON_TOOLS[event.button];
      if (tool == null || (event.button === 0 && pointerOnMeasurement())) return;
      drag = { tool, x: event.clientX, y: event.clientY, rest: 0 };
      element.setPointerCapture(event.pointerId);
    },
    on,
  );
  element.addEventListener("pointermove", move, on);
  const end = (): void => {
    drag = null;
  };
  element.addEventListener("pointerup", end, on);
  element.addEventListener("pointercancel", end, on);
  element.addEventListener("contextmenu", (event) => event.preventDefault(), on);
  element.addEventListener("wheel", (event) => wheel(event, element, options), { ...on, passive: false });
  return () => stop.abort();
}

function wheel(event: WheelEvent, element: HTMLElement, options: PointerOptions): void {
  event.preventDefault();
  const view = options.view();
  if (view === null || event.deltaY === 0) return;
  options.touched();
  if (!event.ctrlKey) {
    view.scrollBy(wheelSteps(event));
    return;
  }
  const box = element.getBoundingClientRect();
  const at = [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2] as const;
  view.zoomBy(event.deltaY > 0 ? 1 / 1.15 : 1.15, at);
}

/** At least one image an event: wheels and touchpads differ in how many pixels they call a notch. */
export function wheelSteps({ deltaY, deltaMode }: Pick<WheelEvent, "deltaY" | "deltaMode">): number {
  const notches = deltaMode === PIXELS ? Math.round(Math.abs(deltaY) / PIXELS_A_NOTCH) : 1;
  return Math.sign(deltaY) * Math.max(notches, 1);
}

/** Right is wider, down is darker; a drag over the viewport doubles the width. */
function dragWindow(view: StackView, dx: number, dy: number, element: HTMLElement): void {
  const { grey } = view.state;
  const base = stateOf(grey.choice);
  const reach = Math.max(base.width, 1);
  const size = Math.max(Math.min(element.clientWidth, element.clientHeight), 200);
  const width = Math.max(grey.width + (dx * reach) / size, reach / 500);
  view.setGrey({ ...grey, width, center: grey.center + (dy * reach) / size });
}

function dragScroll(view: StackView, pixels: number, element: HTMLElement): number {
  const count = view.state.stack.frames.length;
  const step = Math.min(Math.max(element.clientHeight / count, 2), PIXELS_A_STEP_AT_MOST);
  const steps = Math.trunc(pixels / step);
  if (steps !== 0) view.scrollBy(steps);
  return pixels - steps * step;
}
