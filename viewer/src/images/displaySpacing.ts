import type { Frame } from "./frame";

/** Ultrasound region units: centimetres (PS3.3 C.8.5.5.1.15). */
export const CENTIMETRES = 3;

/** Spacing at which the frame is drawn, so that what is round looks round: [between rows, between columns]. */
export function displaySpacing({ geometry }: Frame): readonly [number, number] {
  const { pixelSpacing, imagerPixelSpacing, magnification, regions, pixelAspectRatio } = geometry;
  if (pixelSpacing !== null) return pixelSpacing;
  if (imagerPixelSpacing !== null) {
    const by = magnification !== null && magnification > 1 ? magnification : 1;
    return [imagerPixelSpacing[0] / by, imagerPixelSpacing[1] / by];
  }
  const region = regions.find(
    (one) => one.unitsX === CENTIMETRES && one.unitsY === CENTIMETRES && one.deltaX > 0 && one.deltaY > 0,
  );
  if (region !== undefined) return [region.deltaY * 10, region.deltaX * 10];
  return pixelAspectRatio ?? [1, 1];
}
