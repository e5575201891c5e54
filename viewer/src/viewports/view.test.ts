import { describe, expect, it } from "vitest";
import { fitted, fitScale, flippedOver, panned, rotated, screenAxes, zoomed, type View } from "./view";

const extent = { width: 200, height: 100 };
const canvas = { width: 800, height: 600 };
const views: View[] = [0, 1, 2, 3].flatMap((turns) =>
  [false, true].map((flipped): View => ({ center: [0.4, 0.7], scale: 3, turns: turns as View["turns"], flipped })),
);

/** Where an image point (as a share) stands on the screen, from the middle. */
function onScreen(view: View, [x, y]: readonly [number, number]): [number, number] {
  const { right, down } = screenAxes(view);
  const dx = (x - view.center[0]) * extent.width * view.scale;
  const dy = (y - view.center[1]) * extent.height * view.scale;
  return [dx * right[0] + dy * right[1], dx * down[0] + dy * down[1]];
}

const close = (a: readonly number[], b: readonly number[]): boolean =>
  a.every((value, at) => Math.abs(value - (b[at] ?? NaN)) < 1e-9);

describe("the view of an image", () => {
  it.each(views)("moves as the hand does: %o", (view) => {
    const before = onScreen(view, [0.2, 0.3]);
    const after = onScreen(panned(view, extent, 13, -7), [0.2, 0.3]);
    expect(close(after, [before[0] + 13, before[1] - 7])).toBe(true);
  });

  it.each(views)("zooms around the point under the pointer: %o", (view) => {
    const point: [number, number] = [0.25, 0.6];
    const at = onScreen(view, point);
    expect(close(onScreen(zoomed(view, extent, 1.7, at), point), at)).toBe(true);
  });

  it.each(views)("turns clockwise on the screen, mirrored or not: %o", (view) => {
    const [x, y] = onScreen(view, [0.1, 0.2]);
    expect(close(onScreen(rotated(view, 1), [0.1, 0.2]), [-y, x])).toBe(true);
  });

  it.each(views)("mirrors left to right on the screen: %o", (view) => {
    const [x, y] = onScreen(view, [0.1, 0.2]);
    expect(close(onScreen(flippedOver(view), [0.1, 0.2]), [-x, y])).toBe(true);
  });

  it("shows the whole image, turned too", () => {
    expect(fitScale(extent, canvas)).toBe(4);
    expect(fitScale(extent, canvas, 1)).toBe(3);
  });

  it.each([
    ["left", -400],
    ["right", 400],
  ] as const)("lays the image's edge to the viewport's %s edge (MAMMO-07)", (justify, edge) => {
    for (const flipped of [false, true]) {
      for (const turns of [0, 2] as const) {
        const view = fitted(extent, canvas, { justify, scale: 2, turns, flipped });
        const ends = [onScreen(view, [0, 0.5])[0], onScreen(view, [1, 0.5])[0]];
        expect(justify === "left" ? Math.min(...ends) : Math.max(...ends)).toBeCloseTo(edge, 9);
      }
    }
  });
});
