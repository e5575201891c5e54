import type { Placement } from "@/hanging/plan";
import type { Frame } from "@/images/frame";
import { alike, pointAt, shareAt } from "@/images/place";
import { movedBy, turnedBy, type Matrix } from "@/images/registration";
import type { View } from "./view";

/** How another viewport looks at its own image where zoom and pan are linked. Pure. */

export type Look = Pick<View, "center" | "scale">;

/** An image, how its viewport lays it, and the scale at which it shows the whole of it. */
export interface Whole {
  readonly frame: Frame;
  readonly placement: Pick<Placement, "justify" | "turns" | "flipped">;
  readonly scale: number | null;
}

/**
 * Where both lie alike in the patient: the same millimetres in the middle, equally large. Elsewhere the same part of the
 * image as it hangs, as much larger than the whole; its mirror image where two breasts hang chest wall to chest wall.
 */
export function sameLook(look: Look, from: Whole, to: Whole, matrix: Matrix | null): Look {
  const center = matrix === null ? null : samePoint(look.center, from.frame, to.frame, matrix);
  if (center !== null) return { center, scale: look.scale };
  const ratio = from.scale === null || to.scale === null ? 1 : to.scale / from.scale;
  const [here, there] = [from.placement.justify, to.placement.justify];
  const mirrored = here !== there && here !== "center" && there !== "center";
  const [x, y] = hung(look.center, from);
  return { center: hung([mirrored ? 1 - x : x, y], to), scale: look.scale * ratio };
}

/** A share of an image's width and height as it hangs, of that as it is stored; and the other way, which is the same. */
function hung([x, y]: Look["center"], { placement: { turns, flipped } }: Whole): Look["center"] {
  const upsideDown = turns === 2;
  return [upsideDown !== flipped ? 1 - x : x, upsideDown ? 1 - y : y];
}

function samePoint(center: Look["center"], from: Frame, to: Frame, matrix: Matrix): Look["center"] | null {
  const [here, there] = [from.geometry.orientation, to.geometry.orientation];
  const point = pointAt(from, center);
  if (here === null || there === null || point === null) return null;
  const upright = alike(turnedBy(matrix, here.row), there.row) && alike(turnedBy(matrix, here.column), there.column);
  return upright ? shareAt(to, movedBy(matrix, point)) : null;
}
