import type { Stack } from "@/hanging/plan";
import type { Frame, Geometry, Vector3 } from "./frame";
import { madeFrame } from "./madeFrames";
import { cross, moved } from "./vector";

/** Stacks of parallel planes for tests. */

export interface Planes {
  readonly id?: string;
  readonly count: number;
  /** Of the first pixel of the first image. */
  readonly origin?: Vector3;
  readonly row?: Vector3;
  readonly column?: Vector3;
  /** Millimetres from one image to the next along the normal; negative for the other way round. */
  readonly step: number;
  readonly spacing?: number;
  readonly size?: number;
  readonly frameOfReferenceUid?: string;
  readonly modality?: string;
  readonly prior?: boolean;
  readonly frame?: Partial<Omit<Frame, "instance" | "pixel" | "geometry">>;
}

let made = 0;

export function madeStack(planes: Planes): Stack {
  made += 1;
  const { row = [1, 0, 0], column = [0, 1, 0], origin = [0, 0, 0], modality = "MR", id = `stack ${made}` } = planes;
  const { spacing = 1, size = 100 } = planes;
  const normal = cross(row, column);
  const geometry = (index: number): Partial<Geometry> => ({
    position: moved(origin, normal, index * planes.step, row, 0),
    orientation: { row, column },
    pixelSpacing: [spacing, spacing],
    frameOfReferenceUid: planes.frameOfReferenceUid ?? "1.8",
  });
  return stackOf(
    id,
    Array.from({ length: planes.count }, (_, index) =>
      madeFrame({
        ...planes.frame,
        instance: { modality, instanceNumber: index + 1 },
        pixel: { rows: size, columns: size },
        geometry: geometry(index),
      }),
    ),
    planes.prior,
  );
}

/** Images without a place, as of a plain photograph. */
export const placeless = (count: number, id = `stack ${(made += 1)}`): Stack =>
  stackOf(
    id,
    Array.from({ length: count }, () => madeFrame()),
  );

const stackOf = (id: string, frames: readonly Frame[], prior = false): Stack => ({
  id,
  frames,
  series: {
    seriesInstanceUid: id,
    seriesNumber: 1,
    modality: frames[0]?.instance.modality ?? "MR",
    description: "",
    laterality: "",
    bodyPartExamined: "",
    frames: [],
    documents: [],
  },
  part: null,
  studyDate: "",
  prior,
});
