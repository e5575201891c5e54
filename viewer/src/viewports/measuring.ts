import {
  AngleTool,
  annotation,
  EllipticalROITool,
  Enums,
  init,
  LengthTool,
  ToolGroupManager,
  addTool,
} from "@cornerstonejs/tools";
import { typedCells } from "@/images/decode/messages";
import { planeOf } from "@/images/cornerstone";
import { displaySpacing } from "@/images/displaySpacing";
import type { Frame } from "@/images/frame";
import type { FrameStore } from "@/images/store";
import type { Point } from "./calibration";
import { angle, ellipseStatistics, length } from "./measurement";

/** Cornerstone3D draws and edits length, angle and ellipse; what they come to is computed here, from proved pixels only. */

export type MeasuringTool = "length" | "angle" | "ellipse";

type World = readonly [number, number, number];

export interface MeasuringTexts {
  /** Words for a finished measurement; empty lines are left out. */
  length(value: ReturnType<typeof length>): string[];
  angle(degrees: number): string[];
  ellipse(value: NonNullable<ReturnType<typeof ellipseStatistics>>): string[];
  notYet(): string[];
}

interface AnnotationData {
  readonly handles: { readonly points: readonly World[] };
}

const GROUP = "measuring";
const toolNames: Readonly<Record<MeasuringTool, string>> = {
  length: LengthTool.toolName,
  angle: AngleTool.toolName,
  ellipse: EllipticalROITool.toolName,
};

let store: FrameStore | null = null;
let words: MeasuringTexts | null = null;

export function measureWith(frames: FrameStore | null, texts: MeasuringTexts | null): void {
  store = frames;
  words = texts;
  if (frames === null) annotation.state.removeAllAnnotations();
}

/** A point of the patient (or of the frame's own plane) in pixels of the frame. */
export function toPixels(frame: Frame, world: World): Point {
  const { origin, row, column } = planeOf(frame);
  const [rowSpacing, columnSpacing] = displaySpacing(frame);
  const away = world.map((value, axis) => value - (origin[axis] ?? 0));
  const along = (axis: readonly number[]): number =>
    axis.reduce((sum, value, index) => sum + value * (away[index] ?? 0), 0);
  return [along(row) / columnSpacing, along(column) / rowSpacing];
}

function lines(targetId: string, data: AnnotationData, say: (frame: Frame, points: Point[]) => string[]): string[] {
  const imageId = targetId.replace(/^imageId:/, "");
  const frame = store?.frame(imageId);
  const view = store?.view(imageId);
  if (frame === undefined || words === null) return [];
  if (view?.proved !== true || !view.whole) return words.notYet();
  return say(
    frame,
    data.handles.points.map((point) => toPixels(frame, point)),
  );
}

const lengthLines = (data: AnnotationData, targetId: string): string[] =>
  lines(targetId, data, (frame, [from, to]) => (from && to && words ? words.length(length(frame, from, to)) : []));

const angleLines = (data: AnnotationData, targetId: string): string[] =>
  lines(targetId, data, (frame, [from, apex, to]) =>
    from && apex && to && words ? words.angle(angle(frame, from, apex, to)) : [],
  );

const ellipseLines = (data: AnnotationData, targetId: string): string[] =>
  lines(targetId, data, (frame, [bottom, top, left, right]) => {
    const image = store?.view(frame.imageId)?.image;
    if (image?.components !== 1 || !bottom || !top || !left || !right || words === null) return [];
    const half = (from: Point, to: Point): Point => [(to[0] - from[0]) / 2, (to[1] - from[1]) / 2];
    const center: Point = [(left[0] + right[0]) / 2, (left[1] + right[1]) / 2];
    const found = ellipseStatistics(frame, typedCells(image), { center, a: half(left, right), b: half(bottom, top) });
    return found === null ? [] : words.ellipse(found);
  });

export function startMeasuring(): void {
  init();
  for (const tool of [LengthTool, AngleTool, EllipticalROITool]) addTool(tool);
  const group = ToolGroupManager.createToolGroup(GROUP);
  group?.addTool(LengthTool.toolName, { getTextLines: lengthLines });
  group?.addTool(AngleTool.toolName, { getTextLines: angleLines });
  group?.addTool(EllipticalROITool.toolName, { getTextLines: ellipseLines });
  for (const name of Object.values(toolNames)) group?.setToolPassive(name);
  const { style } = annotation.config;
  // These take the place of the library's own, in which a measurement's text is shown.
  style.setDefaultToolStyles({
    global: {
      ...style.getDefaultToolStyles().global,
      color: "rgb(220, 200, 110)",
      colorHighlighted: "rgb(255, 235, 150)",
      colorSelected: "rgb(255, 235, 150)",
      lineWidth: "1.25",
      lineDash: "",
      shadow: true,
      textBoxFontFamily: "'Noto Sans JP Variable', 'Noto Sans CJK JP', sans-serif",
      textBoxFontSize: "13px",
      textBoxColor: "rgb(225, 210, 140)",
      textBoxLinkLineWidth: "1",
      textBoxLinkLineDash: "2,3",
    },
  });
}

export function measureIn(viewportId: string, renderingEngineId: string): void {
  ToolGroupManager.getToolGroup(GROUP)?.addViewport(viewportId, renderingEngineId);
}

/** The main mouse button draws this; null gives the button back. */
export function chooseMeasuringTool(tool: MeasuringTool | null): void {
  const group = ToolGroupManager.getToolGroup(GROUP);
  for (const name of Object.values(toolNames)) group?.setToolPassive(name);
  if (tool === null) return;
  group?.setToolActive(toolNames[tool], { bindings: [{ mouseButton: Enums.MouseBindings.Primary }] });
}

/** Whether the pointer is on a drawn measurement, so that a drag moves it and nothing else. */
export const pointerOnMeasurement = (): boolean =>
  annotation.state.getAllAnnotations().some((one) => one.highlighted === true);

export function removeSelectedMeasurements(): void {
  for (const uid of annotation.selection.getAnnotationsSelected()) annotation.state.removeAnnotation(uid);
}
