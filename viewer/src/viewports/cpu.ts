import type { StackViewport, Types } from "@cornerstonejs/core";
import type { CellArray } from "@/images/decode/messages";
import type { GreyTable } from "./grey";
import type { View } from "./view";

/**
 * Without WebGL, Cornerstone3D draws on a plain canvas. The grey table and the view are the same as on the GPU; only the
 * last step differs: pixels are mapped here, and its transform is set from our view.
 */

interface EnabledElement {
  readonly canvas: HTMLCanvasElement;
  readonly transform: { getMatrix(): [number, number, number, number, number, number] };
  viewport: { scale: number; rotation: number; hflip: boolean; vflip: boolean; translation: { x: number; y: number } };
}

/** Not in its public types. */
interface CpuViewport {
  readonly _cpuFallbackEnabledElement: EnabledElement;
}
type CpuImage = Omit<Types.IImage, "render"> & { render?: (element: EnabledElement) => void };

export interface CpuPicture {
  /** Maps the image through the table; the viewport's next rendering shows it. */
  draw(viewport: StackViewport, table: GreyTable): void;
}

export function cpuPicture(): CpuPicture {
  const mapped = document.createElement("canvas");
  return {
    draw: (viewport, table) => {
      const image = viewport.getCornerstoneImage() as CpuImage | undefined;
      if (image === undefined) return;
      fill(mapped, image, table);
      image.render = ({ canvas, transform }) => {
        const context = canvas.getContext("2d");
        if (context === null) return;
        context.setTransform(1, 0, 0, 1, 0, 0);
        context.fillStyle = "#000";
        context.fillRect(0, 0, canvas.width, canvas.height);
        context.imageSmoothingQuality = "high";
        context.setTransform(...transform.getMatrix());
        context.drawImage(mapped, 0, 0);
      };
    },
  };
}

function fill(canvas: HTMLCanvasElement, image: CpuImage, table: GreyTable): void {
  if (canvas.width !== image.width || canvas.height !== image.height) {
    canvas.width = image.width;
    canvas.height = image.height;
  }
  const context = canvas.getContext("2d");
  if (context === null) return;
  const picture = context.createImageData(image.width, image.height);
  const cells = image.getPixelData() as CellArray;
  const grey = greyOf(table);
  const data = new Uint32Array(picture.data.buffer);
  if (image.color) {
    for (let at = 0; at < data.length; at += 1) {
      const [red, green, blue] = [grey(cells[at * 3] ?? 0), grey(cells[at * 3 + 1] ?? 0), grey(cells[at * 3 + 2] ?? 0)];
      data[at] = (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
    }
  } else {
    for (let at = 0; at < data.length; at += 1) data[at] = (0xff000000 | (grey(cells[at] ?? 0) * 0x010101)) >>> 0;
  }
  context.putImageData(picture, 0, 0);
}

/** Looks a stored value up as the GPU does: linear between the middles of two entries. */
function greyOf({ from, to, greys }: GreyTable): (stored: number) => number {
  const last = greys.length - 1;
  const scale = greys.length / (to - from);
  const levels = Float32Array.from(greys, (grey) => grey * 255);
  return (stored) => {
    const at = Math.min(Math.max((stored - from) * scale - 0.5, 0), last);
    const low = Math.floor(at);
    const below = levels[low] ?? 0;
    return Math.round(below + ((levels[Math.min(low + 1, last)] ?? 0) - below) * (at - low));
  };
}

/** Cornerstone3D turns after it mirrors, we mirror after we turn: mirrored, the turn goes the other way. */
export function lookOnCpu(viewport: StackViewport, view: View): void {
  const element = (viewport as unknown as CpuViewport)._cpuFallbackEnabledElement;
  const image = viewport.getCornerstoneImage();
  const smaller = Math.min(image.rowPixelSpacing, image.columnPixelSpacing);
  const turns = view.flipped ? (4 - view.turns) % 4 : view.turns;
  const away = [(0.5 - view.center[0]) * image.columns, (0.5 - view.center[1]) * image.rows] as const;
  const mirrored = [view.flipped ? -away[0] : away[0], away[1]] as const;
  const [c, s] = [[1, 0, -1, 0][turns] ?? 1, [0, 1, 0, -1][turns] ?? 0];
  element.viewport = {
    ...element.viewport,
    scale: view.scale * smaller * window.devicePixelRatio,
    rotation: turns * 90,
    hflip: view.flipped,
    vflip: false,
    translation: { x: mirrored[0] * c - mirrored[1] * s, y: mirrored[0] * s + mirrored[1] * c },
  };
  viewport.setCamera({});
}
