import type { Types } from "@cornerstonejs/core";
import { planeOf } from "@/images/cornerstone";
import { displaySpacing } from "@/images/displaySpacing";
import type { Frame } from "@/images/frame";
import { screenAxes, type Canvas, type Extent, type View } from "./view";

/** Our view of a frame as Cornerstone3D's camera on the frame's plane. */
export function cameraOf(frame: Frame, view: View, extent: Extent, canvas: Canvas): Types.ICamera {
  const { origin, row, column } = planeOf(frame);
  const [rowSpacing, columnSpacing] = displaySpacing(frame);
  const along = view.center[0] * extent.width - columnSpacing / 2;
  const down = view.center[1] * extent.height - rowSpacing / 2;
  const axes = screenAxes(view);
  const inWorld = ([a, b]: readonly [number, number]): Types.Point3 =>
    [0, 1, 2].map((axis) => a * (row[axis] ?? 0) + b * (column[axis] ?? 0)) as Types.Point3;
  const right = inWorld(axes.right);
  const up = inWorld([-axes.down[0], -axes.down[1]]);
  const normal: Types.Point3 = [
    right[1] * up[2] - right[2] * up[1],
    right[2] * up[0] - right[0] * up[2],
    right[0] * up[1] - right[1] * up[0],
  ];
  const focalPoint = origin.map(
    (value, axis) => value + along * (row[axis] ?? 0) + down * (column[axis] ?? 0),
  ) as Types.Point3;
  const away = Math.max(extent.width, extent.height);
  const position = focalPoint.map((value, axis) => value + away * (normal[axis] ?? 0)) as Types.Point3;
  return {
    focalPoint,
    position,
    viewUp: up,
    viewPlaneNormal: normal,
    parallelScale: canvas.height / view.scale / 2,
    clippingRange: [away - 100, away + 100],
  };
}
