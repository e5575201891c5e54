import { cache, Enums, eventTarget, imageLoader, metaData, utilities, type Types } from "@cornerstonejs/core";
import { displaySpacing } from "./displaySpacing";
import { typedCells, type DecodedImage } from "./decode/messages";
import type { Frame } from "./frame";
import type { FrameStore } from "./store";

/** The only door between our frames and Cornerstone3D: an image loader and a metadata provider for `dokuei:`. */

const SCHEME = "dokuei";

export interface Plane {
  readonly origin: Types.Point3;
  readonly row: Types.Point3;
  readonly column: Types.Point3;
}

/** The plane in which the frame is drawn; without a place in the patient, its own. */
export function planeOf({ geometry }: Frame): Plane {
  const { position, orientation } = geometry;
  return {
    origin: position === null || orientation === null ? [0, 0, 0] : [...position],
    row: orientation === null ? [1, 0, 0] : [...orientation.row],
    column: orientation === null ? [0, 1, 0] : [...orientation.column],
  };
}

let store: FrameStore | null = null;
/** The reduction of the image that was last made for an id: a preview has fewer, larger pixels. */
const reductions = new Map<string, number>();

/** Images that Cornerstone3D waits for. */
const pending = new Set<string>();

/** Images come from this store until the next call; null when the case is left. */
export function serveImagesFrom(next: FrameStore | null): void {
  if (next === store) return;
  store = next;
  reductions.clear();
  // What was waited for comes from no other store: it is asked for anew when its case is opened again.
  for (const imageId of pending) forgetImage(imageId);
}

/** Lets go of what Cornerstone3D's cache knows of an image, and of its waiting for it. */
export function forgetImage(imageId: string): void {
  if (cache.getImageLoadObject(imageId) !== undefined) cache.removeImageLoadObject(imageId, { force: true });
}

const SUPPORTED: Types.IImage["voiLUTFunction"] = Enums.VOILUTFunctionType.LINEAR;

export function cornerstoneImage(frame: Frame, image: DecodedImage): Types.IImage {
  const cells = typedCells(image);
  const reduction = Math.round(Math.log2(frame.pixel.columns / image.width));
  reductions.set(frame.imageId, Math.max(reduction, 0));
  const [rowSpacing, columnSpacing] = spacingOf(frame);
  return {
    imageId: frame.imageId,
    rows: image.height,
    columns: image.width,
    height: image.height,
    width: image.width,
    color: image.components === 3,
    rgba: false,
    numberOfComponents: image.components,
    minPixelValue: image.minimum,
    maxPixelValue: image.maximum,
    slope: 1,
    intercept: 0,
    // Never used: the grey of a pixel is ours to say (viewports/grey.ts).
    windowCenter: 128,
    windowWidth: 256,
    voiLUTFunction: SUPPORTED,
    invert: false,
    rowPixelSpacing: rowSpacing,
    columnPixelSpacing: columnSpacing,
    sizeInBytes: image.cells.byteLength,
    dataType: image.array,
    getPixelData: () => cells,
    getCanvas: () => {
      throw new Error("images are drawn by viewports");
    },
    voxelManager: utilities.VoxelManager.createImageVoxelManager({
      width: image.width,
      height: image.height,
      scalarData: cells,
      numberOfComponents: image.components,
    }),
  };
}

function spacingOf(frame: Frame): readonly [number, number] {
  const [rows, columns] = displaySpacing(frame);
  const larger = 2 ** (reductions.get(frame.imageId) ?? 0);
  return [rows * larger, columns * larger];
}

function loadImage(imageId: string): Types.IImageLoadObject {
  const from = store;
  let stop = (): void => undefined;
  const cancelFn = (): void => {
    stop();
    pending.delete(imageId);
  };
  const promise = new Promise<Types.IImage>((resolve) => {
    const offer = (): boolean => {
      const frame = from?.frame(imageId);
      const image = from?.view(imageId)?.image;
      if (frame === undefined || image == null) return false;
      resolve(cornerstoneImage(frame, image));
      return true;
    };
    if (from === null || offer()) return;
    pending.add(imageId);
    stop = from.subscribe(imageId, () => {
      if (offer()) cancelFn();
    });
  });
  return { promise, cancelFn };
}

/** Our store keeps the frames. In Cornerstone3D's cache a preview would be drawn again when the whole is here. */
function keepNone(event: CustomEvent<{ image: { imageId: string } }>): void {
  const { imageId } = event.detail.image;
  if (imageId.startsWith(`${SCHEME}:`)) forgetImage(imageId);
}

function modules(type: string, imageId: string): unknown {
  const frame = store?.frame(imageId);
  if (frame === undefined) return undefined;
  switch (type) {
    case "imagePlaneModule":
      return imagePlane(frame);
    case "imagePixelModule":
      return {
        bitsAllocated: frame.pixel.bitsAllocated,
        bitsStored: frame.pixel.bitsStored,
        highBit: frame.pixel.highBit,
        samplesPerPixel: frame.pixel.samplesPerPixel,
        pixelRepresentation: frame.pixel.signed ? 1 : 0,
        photometricInterpretation:
          frame.pixel.samplesPerPixel === 1 && frame.pixel.palette === null ? "MONOCHROME2" : "RGB",
      };
    case "generalSeriesModule":
      return { modality: frame.instance.modality, seriesInstanceUID: frame.instance.seriesInstanceUid };
    default:
      return undefined;
  }
}

function imagePlane(frame: Frame): unknown {
  const { origin, row, column } = planeOf(frame);
  const [rowPixelSpacing, columnPixelSpacing] = spacingOf(frame);
  const larger = 2 ** (reductions.get(frame.imageId) ?? 0);
  return {
    frameOfReferenceUID: frame.geometry.frameOfReferenceUid || frame.instance.seriesInstanceUid,
    rows: Math.ceil(frame.pixel.rows / larger),
    columns: Math.ceil(frame.pixel.columns / larger),
    imageOrientationPatient: [...row, ...column],
    rowCosines: row,
    columnCosines: column,
    imagePositionPatient: origin,
    rowPixelSpacing,
    columnPixelSpacing,
    usingDefaultValues: false,
  };
}

export function registerImageLoader(): void {
  imageLoader.registerImageLoader(SCHEME, loadImage);
  eventTarget.addEventListener(Enums.Events.IMAGE_CACHE_IMAGE_ADDED, keepNone);
  metaData.addProvider(modules, 1_000);
}
