import type { Frame, VoiChoice } from "@/images/frame";
import { stateOf, type GreyState } from "./grey";

/**
 * Colour images have no window (PS3.3 C.11.2 is for MONOCHROME): the reader may lighten them and raise their contrast,
 * the three colours alike, and the screen says how far they are from those of the object. Pure.
 */

export const isColour = ({ pixel }: Frame): boolean => pixel.samplesPerPixel > 1 || pixel.palette !== null;

const WHITE = 255;
const AS_IT_IS: VoiChoice = {
  kind: "window",
  center: WHITE / 2,
  width: WHITE,
  function: "LINEAR_EXACT",
  explanation: "",
};

export const coloursAsTheyAre = (): GreyState => stateOf(AS_IT_IS);

/** Percent; null where the colours are those of the object. */
export function colourChange({ center, width }: GreyState): { contrast: number; brightness: number } | null {
  if (center === WHITE / 2 && width === WHITE) return null;
  return {
    contrast: Math.round((WHITE / width) * 100),
    brightness: Math.round(((WHITE / 2 - center) / WHITE) * 100),
  };
}
