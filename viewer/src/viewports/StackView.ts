import {
  Enums,
  getShouldUseCPURendering,
  type RenderingEngine,
  type StackViewport,
  type Types,
} from "@cornerstonejs/core";
import { cornerstoneImage, serveImagesFrom } from "@/images/cornerstone";
import { displaySpacing } from "@/images/displaySpacing";
import { drawnView, NOTHING_YET, type FrameView } from "@/images/entry";
import type { Frame, VoiChoice } from "@/images/frame";
import { imageDrawn } from "@/images/milestones";
import type { FrameStore } from "@/images/store";
import type { Placement, Stack } from "@/hanging/plan";
import { cameraOf } from "./camera";
import { isColour } from "./colour";
import { cpuPicture, lookOnCpu } from "./cpu";
import { curveOf, defaultGrey, kindOf, NO_GREYS, type Greys } from "./frameGrey";
import { greyTable, stateOf, type GreyState } from "./grey";
import { greyFunction } from "./greyFunction";
import type { Look } from "./look";
import { measureIn } from "./measuring";
import { marks, type Marks } from "./orientation";
import type { Stance } from "./stance";
import { fitted, flippedOver, panned, rotated, screenAxes, zoomed, type Canvas, type Extent, type View } from "./view";

/** What a viewport shows now; a new object after every change. */
export interface StackViewState {
  readonly stack: Stack;
  readonly index: number;
  readonly frame: Frame;
  /** What is so of the picture on the canvas, where it is drawn: the store may be ahead of it. */
  readonly frameView: FrameView;
  /** The picture on the canvas is of `frame`; else it is hidden and the viewport says what it waits for. */
  readonly drawn: boolean;
  readonly grey: GreyState;
  /** As the reader moved it; null where it is as the image wants to be seen. */
  readonly ownGrey: GreyState | null;
  /** As the reader moved it; null where the whole image is shown. */
  readonly ownLook: Look | null;
  readonly marks: Marks;
  readonly flipped: boolean;
  readonly turns: number;
  /** Screen pixels (device) for a pixel of the image. */
  readonly zoom: number;
  readonly direction: -1 | 0 | 1;
}

export interface StackViewOptions {
  readonly engine: RenderingEngine;
  readonly element: HTMLDivElement;
  readonly id: string;
  readonly store: FrameStore;
  readonly stack: Stack;
  readonly placement: Placement;
  /** Of the viewport in whose place it comes. */
  readonly stance?: Stance | null;
}

const TABLE_ENTRIES = 4_096;
/** Counts up, so that what is late for one viewport is not taken for news of the next in its place. */
let viewports = 0;
/** One viewport: a stack of frames, a place in it, a view and a grey, drawn by Cornerstone3D as we say. */
export class StackView {
  readonly #viewport: StackViewport;
  readonly #engine: RenderingEngine;
  readonly #element: HTMLDivElement;
  readonly #store: FrameStore;
  readonly #grey = greyFunction();
  readonly #cpu = cpuPicture();
  readonly #listeners = new Set<() => void>();
  #stack: Stack;
  #placement: Placement;
  #index: number;
  #direction: -1 | 0 | 1 = 0;
  #drawn = "";
  #drawnReduced = false;
  #destroyed = false;
  #view: View | null = null;
  #fitting = true;
  #fitScale: number | undefined;
  /** As the reader moved them, of grey and of colour images, which may stand in one stack; else each image has its own. */
  #greys: Greys = NO_GREYS;
  #stopListening = (): void => undefined;
  #state: StackViewState;

  constructor({ engine, element, id, store, stack, placement, stance = null }: StackViewOptions) {
    serveImagesFrom(store);
    viewports += 1;
    const viewportId = `${id} ${viewports}`;
    this.#engine = engine;
    this.#element = element;
    this.#store = store;
    this.#stack = stack;
    this.#placement = placement;
    this.#index = stance?.index ?? 0;
    this.#greys = stance?.greys ?? NO_GREYS;
    this.#view = stance?.view ?? null;
    this.#fitting = stance?.isFitted ?? true;
    engine.enableElement({
      viewportId,
      element,
      type: Enums.ViewportType.STACK,
      defaultOptions: { background: [0, 0, 0] },
    });
    this.#viewport = engine.getViewport<StackViewport>(viewportId);
    measureIn(viewportId, engine.id);
    element.addEventListener(Enums.Events.STACK_NEW_IMAGE, this.#newImage as EventListener);
    this.#state = this.#snapshot();
    this.#watch();
    void this.#viewport.setStack(
      stack.frames.map((frame) => frame.imageId),
      this.#index,
    );
  }

  get state(): StackViewState {
    return this.#state;
  }

  get id(): string {
    return this.#viewport.id;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  destroy(): void {
    this.#destroyed = true;
    this.#stopListening();
    this.#element.removeEventListener(Enums.Events.STACK_NEW_IMAGE, this.#newImage as EventListener);
    this.#listeners.clear();
    this.#engine.disableElement(this.#viewport.id);
  }

  scrollTo(index: number): void {
    const next = Math.min(Math.max(index, 0), this.#stack.frames.length - 1);
    if (next === this.#index) return;
    this.#direction = next > this.#index ? 1 : -1;
    this.#index = next;
    this.#watch();
    void this.#viewport.setImageIdIndex(next);
    this.#changed();
  }

  scrollBy(steps: number, around = false): void {
    const count = this.#stack.frames.length;
    this.scrollTo(around ? (((this.#index + steps) % count) + count) % count : this.#index + steps);
  }

  /** Null: as the image wants to be seen. */
  setGrey(grey: GreyState | null): void {
    this.#greys = { ...this.#greys, [kindOf(this.#frame)]: grey };
    this.#applyGrey();
    this.#render();
  }

  chooseVoi(choice: VoiChoice): void {
    if (!isColour(this.#frame)) this.setGrey(stateOf(choice, this.#currentGrey().inverted));
  }

  /** All that the reader did in it: with it another takes its place unnoticed. */
  get stance(): Stance {
    return { index: this.#index, view: this.#view, isFitted: this.#fitting, greys: this.#greys };
  }

  /** As it was looked at before the page was loaded again. */
  standAgain({ index, view, isFitted, greys }: Stance): void {
    this.#greys = greys;
    this.#fitting = isFitted;
    this.#view = view;
    this.scrollTo(index);
    if (this.#drawn !== "") this.#applyGrey();
    this.#applyView();
    this.#render();
  }

  /** Back to how the object wants to be seen, whole and unturned. */
  reset(): void {
    this.#greys = NO_GREYS;
    this.#fitting = true;
    this.#view = null;
    this.#applyGrey();
    this.#applyView();
    this.#render();
  }

  zoomBy(factor: number, at?: readonly [number, number]): void {
    this.#moveView((view, extent) => zoomed(view, extent, factor, at));
  }

  /** One pixel of the image on one pixel of the screen. */
  actualPixels(): void {
    const [, column] = displaySpacing(this.#frame);
    this.#moveView((view, extent) => zoomed(view, extent, 1 / column / window.devicePixelRatio / view.scale));
  }

  panBy(dx: number, dy: number): void {
    this.#moveView((view, extent) => panned(view, extent, dx, dy));
  }

  /** Its own turns and mirroring stay; null shows the whole image. */
  lookAs(look: Look | null): void {
    if (look === null) this.fit();
    else this.#moveView((view) => ({ ...view, ...look }));
  }

  fit(): void {
    this.#fitting = true;
    this.#applyView();
    this.#render();
  }

  rotate(quarters: 1 | -1): void {
    this.#turn((view) => rotated(view, quarters));
  }

  flip(): void {
    this.#turn(flippedOver);
  }

  /** The scale at which this viewport would show the whole image. */
  naturalScale(instead: Canvas | null = null): number | null {
    const canvas = this.canvas ?? instead;
    return canvas === null ? null : fitted(this.#extent(), canvas).scale;
  }

  /** The scale at which it does: the natural one, or one that it shares with others; on `instead` while it is hidden. */
  wholeScale(instead: Canvas | null = null): number | null {
    return this.#fitScale ?? this.naturalScale(instead);
  }

  /** Scale to fit at instead of the natural one: viewports that are compared share it. */
  fitAt(scale: number | undefined): void {
    this.#fitScale = scale;
    if (!this.#fitting) return;
    this.#applyView();
    this.#render();
  }

  /** The viewport's element has another size. */
  resized(): void {
    this.#applyView();
    this.#render();
  }

  /** Null while it is hidden, as others are behind one that is enlarged. */
  get canvas(): Canvas | null {
    const { clientWidth: width, clientHeight: height } = this.#element;
    return width > 0 && height > 0 ? { width, height } : null;
  }

  get placement(): Placement {
    return this.#placement;
  }

  get #frame(): Frame {
    const frame = this.#stack.frames[this.#index] ?? this.#stack.frames[0];
    if (frame === undefined) throw new Error("a stack without frames");
    return frame;
  }

  #turn(change: (view: View) => View): void {
    const wasFitting = this.#fitting;
    this.#moveView((view) => change(view));
    this.#fitting = wasFitting;
    if (wasFitting) this.fit();
  }

  #moveView(change: (view: View, extent: Extent) => View): void {
    if (this.#view === null) return;
    this.#fitting = false;
    this.#view = change(this.#view, this.#extent());
    this.#applyView();
    this.#render();
  }

  readonly #newImage = (event: CustomEvent<{ viewportId: string; imageId: string; image: Types.IImage }>): void => {
    const { viewportId, imageId, image } = event.detail;
    if (viewportId !== this.#viewport.id) return;
    this.#drawn = imageId;
    this.#drawnReduced = image.columns < (this.#store.frame(imageId)?.pixel.columns ?? Infinity);
    this.#applyGrey();
    this.#applyView();
    imageDrawn();
    this.#changed();
    // The store may have come further since; after this event, in which Cornerstone3D itself still draws on the CPU.
    queueMicrotask(() => {
      if (this.#refine()) this.#changed();
    });
  };

  #watch(): void {
    this.#stopListening();
    this.#stopListening = this.#store.subscribe(this.#frame.imageId, () => {
      this.#refine();
      this.#changed();
    });
  }

  /** A better image of the frame that is on the screen takes the place of its preview; whether there was one. */
  #refine(): boolean {
    const frame = this.#frame;
    const image = this.#store.view(frame.imageId)?.image;
    if (image == null || this.#drawn !== frame.imageId || !this.#drawnReduced || this.#destroyed) return false;
    if (this.#viewport.getCornerstoneImage().columns === image.width) return false;
    const better = cornerstoneImage(frame, image);
    this.#viewport.renderImageObject(better);
    this.#drawnReduced = image.width < frame.pixel.columns;
    this.#applyGrey();
    this.#applyView();
    this.#render();
    return true;
  }

  #currentGrey(): GreyState {
    const image = this.#store.view(this.#frame.imageId)?.image ?? null;
    return this.#greys[kindOf(this.#frame)] ?? defaultGrey(this.#frame, image);
  }

  #applyGrey(): void {
    const frame = this.#frame;
    const grey = this.#currentGrey();
    const table = greyTable(curveOf(frame, grey), TABLE_ENTRIES);
    this.#grey.set(table);
    if (getShouldUseCPURendering()) {
      this.#cpu.draw(this.#viewport, table);
      return;
    }
    const actor = this.#viewport.getDefaultActor().actor as Types.ImageActor | undefined;
    const property = actor?.getProperty();
    property?.setRGBTransferFunction(0, this.#grey.vtk);
    property?.setUseLookupTableScalarRange(true);
    (actor?.getMapper() as { setColorTextureWidth?: (width: number) => void } | undefined)?.setColorTextureWidth?.(
      table.greys.length,
    );
  }

  #extent(): Extent {
    const { pixel } = this.#frame;
    const [rows, columns] = displaySpacing(this.#frame);
    return { width: pixel.columns * columns, height: pixel.rows * rows };
  }

  #applyView(): void {
    const { canvas } = this;
    if (canvas === null) return;
    if (this.#fitting || this.#view === null) {
      const { turns, flipped } = this.#view ?? this.#placement;
      const options = { justify: this.#placement.justify, scale: this.#fitScale, turns, flipped };
      this.#view = fitted(this.#extent(), canvas, options);
    }
    if (this.#drawn === "") return;
    if (getShouldUseCPURendering()) lookOnCpu(this.#viewport, this.#view);
    else this.#viewport.setCamera(cameraOf(this.#frame, this.#view, this.#extent(), canvas));
  }

  #render(): void {
    this.#viewport.render();
    this.#changed();
  }

  #changed(): void {
    this.#state = this.#snapshot();
    for (const listener of this.#listeners) listener();
  }

  #snapshot(): StackViewState {
    const frame = this.#frame;
    const view = this.#view ?? fitted(this.#extent(), { width: 1, height: 1 });
    const { right, down } = screenAxes(view);
    const drawn = this.#drawn === frame.imageId;
    return {
      stack: this.#stack,
      index: this.#index,
      frame,
      frameView: drawnView(this.#store.view(frame.imageId) ?? NOTHING_YET, drawn && this.#drawnReduced),
      drawn,
      grey: this.#currentGrey(),
      ownGrey: this.#greys[kindOf(frame)],
      ownLook: this.#fitting ? null : view,
      marks: marks(frame.geometry, right, down),
      flipped: view.flipped,
      turns: view.turns,
      zoom: view.scale * displaySpacing(frame)[1] * window.devicePixelRatio,
      direction: this.#direction,
    };
  }
}
