import type { ImageDirection } from "./orientation";

/** Where a viewport looks and how large: ours alone, so that zoom, pan, turn and flip mean the same everywhere. Pure. */

export interface View {
  /** The image point in the viewport's middle, as a share of the image's width and height. */
  readonly center: readonly [x: number, y: number];
  /** Screen pixels (CSS) for a millimetre of the image's own spacing. */
  readonly scale: number;
  /** Clockwise quarter turns. */
  readonly turns: 0 | 1 | 2 | 3;
  /** Mirrored left to right on the screen, after turning. */
  readonly flipped: boolean;
}

/** Size of an image in millimetres of its display spacing. */
export interface Extent {
  readonly width: number;
  readonly height: number;
}

export interface Canvas {
  readonly width: number;
  readonly height: number;
}

export type Justify = "left" | "center" | "right";

const cosine = [1, 0, -1, 0] as const;
const sine = [0, 1, 0, -1] as const;

/** Screen right and down in image axes. Turning the picture clockwise turns the axes of the screen the other way. */
export function screenAxes(view: View): { right: ImageDirection; down: ImageDirection } {
  const [c, s] = [cosine[view.turns], sine[view.turns]];
  const mirror = view.flipped ? -1 : 1;
  // An image axis a turned clockwise by t stands on the screen at (c·a, s·a); read backwards for the screen's axes.
  return { right: [mirror * c, mirror * -s], down: [s, c] };
}

const turned = (extent: Extent, turns: View["turns"]): Extent =>
  turns % 2 === 0 ? extent : { width: extent.height, height: extent.width };

export function fitScale(extent: Extent, canvas: Canvas, turns: View["turns"] = 0): number {
  const { width, height } = turned(extent, turns);
  return Math.min(canvas.width / width, canvas.height / height);
}

/** The whole image at `scale` (or as large as fits), its edge at the viewport's edge where it is to be justified. */
export function fitted(
  extent: Extent,
  canvas: Canvas,
  options: { justify?: Justify; scale?: number | undefined; turns?: View["turns"]; flipped?: boolean } = {},
): View {
  const { justify = "center", turns = 0, flipped = false } = options;
  const scale = options.scale ?? fitScale(extent, canvas, turns);
  const still: View = { center: [0.5, 0.5], scale, turns, flipped };
  if (justify === "center") return still;
  const spare = (canvas.width - turned(extent, turns).width * scale) / 2;
  return panned(still, extent, justify === "left" ? -spare : spare, 0);
}

/** The picture moved by so many screen pixels. */
export function panned(view: View, extent: Extent, dx: number, dy: number): View {
  const { right, down } = screenAxes(view);
  const x = (dx * right[0] + dy * down[0]) / view.scale / extent.width;
  const y = (dx * right[1] + dy * down[1]) / view.scale / extent.height;
  return { ...view, center: [view.center[0] - x, view.center[1] - y] };
}

const SMALLEST = 0.02;
const LARGEST = 400;

/** Zoomed by a factor around a point of the screen (from the viewport's middle), which stays where it is. */
export function zoomed(view: View, extent: Extent, factor: number, at: readonly [number, number] = [0, 0]): View {
  const scale = Math.min(Math.max(view.scale * factor, SMALLEST), LARGEST);
  const kept = panned(view, extent, -at[0], -at[1]);
  return panned({ ...kept, scale }, extent, at[0], at[1]);
}

export const rotated = (view: View, quarters: 1 | -1): View => {
  // What is mirrored on the screen still turns clockwise on the screen.
  const step = view.flipped ? -quarters : quarters;
  return { ...view, turns: ((((view.turns + step) % 4) + 4) % 4) as View["turns"] };
};

export const flippedOver = (view: View): View => ({ ...view, flipped: !view.flipped });
