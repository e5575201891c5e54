import { typedCells, type DecodedImage } from "@/images/decode/messages";
import { displaySpacing } from "@/images/displaySpacing";
import type { Frame } from "@/images/frame";
import { fullRange, greyCurve, stateOf } from "./grey";

/** A frame as it wants to be seen, small: averaged over the pixels that fall together, in its true proportions. */
export function drawThumbnail(canvas: HTMLCanvasElement, frame: Frame, image: DecodedImage): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const [rows, columns] = displaySpacing(frame);
  const scale = Math.min(canvas.width / (image.width * columns), canvas.height / (image.height * rows));
  const width = Math.max(Math.round(image.width * columns * scale), 1);
  const height = Math.max(Math.round(image.height * rows * scale), 1);
  const picture = new ImageData(width, height);
  fill(picture, frame, image);
  context.fillStyle = "#000";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.putImageData(picture, (canvas.width - width) >> 1, (canvas.height - height) >> 1);
}

/** Samples along each side of the area that one thumbnail pixel covers. */
const SAMPLES = 3;

function fill({ data, width, height }: ImageData, frame: Frame, image: DecodedImage): void {
  const cells = typedCells(image);
  const grey = greyOf(frame, image);
  /** The mean of one component over the cells that one thumbnail pixel covers, 0 to 255. */
  const mean = (x: number, y: number, component: number): number => {
    let sum = 0;
    for (let sample = 0; sample < SAMPLES * SAMPLES; sample += 1) {
      const column = Math.floor(((x + ((sample % SAMPLES) + 0.5) / SAMPLES) / width) * image.width);
      const row = Math.floor(((y + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES) / height) * image.height);
      const at = row * image.width + column;
      sum += image.components === 3 ? (cells[at * 3 + component] ?? 0) : grey(cells[at] ?? 0) * 255;
    }
    return sum / (SAMPLES * SAMPLES);
  };
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const to = (y * width + x) * 4;
      const first = mean(x, y, 0);
      data[to] = first;
      data[to + 1] = image.components === 3 ? mean(x, y, 1) : first;
      data[to + 2] = image.components === 3 ? mean(x, y, 2) : first;
      data[to + 3] = 255;
    }
  }
}

function greyOf(frame: Frame, image: DecodedImage): (stored: number) => number {
  const choice = frame.voi[0] ?? fullRange(image.minimum, image.maximum, frame.modality);
  const curve = greyCurve(stateOf(choice), frame.modality, frame.pixel);
  return (stored) => curve.at(stored);
}
