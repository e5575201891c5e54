import type { Frame } from "@/images/frame";
import type { Greys } from "./frameGrey";
import type { GreyState } from "./grey";
import type { View } from "./view";

/** How a reader looks at a stack, and how that is written down. Pure. */

export interface Stance {
  readonly index: number;
  readonly view: View | null;
  /** The whole image is shown, however large the viewport is: of `view` only turn and flip count. */
  readonly isFitted: boolean;
  readonly greys: Greys;
}

/** A window or table of the image's own by its place among them: a table is not written down. */
interface WrittenGrey extends Pick<GreyState, "center" | "width" | "inverted"> {
  readonly choice: GreyState["choice"] | number;
}

export interface WrittenStance extends Omit<Stance, "greys"> {
  readonly greys: Readonly<Record<keyof Greys, WrittenGrey | null>>;
}

export function writtenStance(stance: Stance, { voi }: Pick<Frame, "voi">): WrittenStance {
  const written = (grey: GreyState | null): WrittenGrey | null => {
    if (grey === null) return null;
    const own = voi.findIndex((choice) => choice === grey.choice);
    if (own < 0 && grey.choice.kind === "table") return null;
    return { ...grey, choice: own < 0 ? grey.choice : own };
  };
  return { ...stance, greys: { grey: written(stance.greys.grey), colour: written(stance.greys.colour) } };
}

export function stanceFrom(stance: WrittenStance, { voi }: Pick<Frame, "voi">): Stance {
  const read = (grey: WrittenGrey | null): GreyState | null => {
    if (grey === null) return null;
    const choice = typeof grey.choice === "number" ? voi[grey.choice] : grey.choice;
    return choice === undefined ? null : { ...grey, choice };
  };
  return { ...stance, greys: { grey: read(stance.greys.grey), colour: read(stance.greys.colour) } };
}
