import type { FrameView } from "@/images/entry";
import type { Frame } from "@/images/frame";
import { coloursAsTheyAre, isColour } from "./colour";
import { fullRange, greyCurve, stateOf, type GreyCurve, type GreyState } from "./grey";

/** The grey that a frame is drawn with. Pure. */

/** As the reader moved them, of grey and of colour images, which may stand in one stack; null: as each wants to be seen. */
export type Greys = Readonly<Record<"grey" | "colour", GreyState | null>>;

export const NO_GREYS: Greys = { grey: null, colour: null };

export const kindOf = (frame: Frame): keyof Greys => (isColour(frame) ? "colour" : "grey");

/** As the image wants to be seen. */
export function defaultGrey(frame: Frame, image: FrameView["image"]): GreyState {
  if (isColour(frame)) return coloursAsTheyAre();
  return stateOf(frame.voi[0] ?? fullRange(image?.minimum ?? 0, image?.maximum ?? 1, frame.modality));
}

/** Colours are drawn from 8 bit samples, whatever they came in. */
const COLOUR_SAMPLES = { photometricInterpretation: "RGB", padding: null, bitsStored: 8, signed: false, float: false };
const PLAIN = { slope: 1, intercept: 0, unit: "", table: null };

export function curveOf(frame: Frame, grey: GreyState): GreyCurve {
  return isColour(frame)
    ? greyCurve(grey, PLAIN, { ...frame.pixel, ...COLOUR_SAMPLES })
    : greyCurve(grey, frame.modality, frame.pixel);
}

/** Whether a window of one image means the same in the other. */
export const sameValues = (a: Frame, b: Frame): boolean =>
  kindOf(a) === kindOf(b) && a.instance.modality === b.instance.modality && a.modality.unit === b.modality.unit;

/**
 * The same look at another image: a table is its own of that name, stretched and laid as far from where it wants to lie.
 * Null where it has no such look.
 */
export function greyFor(grey: GreyState, from: Frame, to: Frame): GreyState | null {
  if (!sameValues(from, to)) return null;
  const { choice } = grey;
  if (choice.kind === "window") return grey;
  const own = to.voi.find((one) => one.kind === "table" && one.table.explanation === choice.table.explanation);
  if (own === undefined) return null;
  const [before, base] = [stateOf(choice), stateOf(own, grey.inverted)];
  const stretch = base.width / before.width;
  return { ...base, width: grey.width * stretch, center: base.center + (grey.center - before.center) * stretch };
}
