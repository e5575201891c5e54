import {
  cache,
  Enums,
  eventTarget,
  getConfiguration,
  getRenderingEngine,
  getRenderingEngines,
  init,
  RenderingEngine,
  setUseCPURendering,
} from "@cornerstonejs/core";
import supportsNorm16Linear from "@kitware/vtk.js/Rendering/OpenGL/Texture/supportsNorm16Linear";
import { registerImageLoader } from "@/images/cornerstone";
import { startMeasuring } from "./measuring";

/** Our own store keeps the frames; Cornerstone3D's cache holds only what is on the screen. */
const CORNERSTONE_CACHE = 1024 ** 3;
/** Browsers allow 16 WebGL contexts a page and drop the oldest without a word. */
const CONTEXTS = 6;
/** A graphics processor that is lost so often is not tried again until the page is loaded anew. */
const MOST_LOSSES = 3;

/** In milliseconds: so soon the next case draws where this one did. */
const FOLLOWED_WITHIN = 1_000;

/** What the drawing library asks a context for at its first image. */
const ASKED_LATER = ["EXT_texture_norm16", "OES_texture_float_linear", "OES_texture_half_float_linear"];

let started = false;
/** Each engine has a name of its own, so that news of one that was left is not taken for that of the next. */
let made = 0;
let current = "";
let losses = 0;
/** Made without WebGL, because it was lost and did not come back. */
let fellBack = false;
const listeners = new Set<() => void>();

/** Whether a page like this one can draw with WebGL 2 now. */
function hasWebGl(): boolean {
  const context = document.createElement("canvas").getContext("webgl2");
  // Else it would count among the contexts that a page may have until memory is tidied up.
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return context !== null;
}

/** Starts Cornerstone3D once a page; without WebGL 2, or when asked, it draws on the CPU. */
export function startEngine(): RenderingEngine {
  if (!started) start();
  const running = getRenderingEngine(current);
  if (running !== undefined) return running;
  for (const left of getRenderingEngines() ?? []) if (left.getViewports().length === 0) end(left);
  made += 1;
  current = `reading ${made}`;
  const engine = new RenderingEngine(current);
  // Each is a question to the graphics process the first time, which answers when it has drawn all else.
  for (const context of contextsOf(engine)) for (const name of ASKED_LATER) context.getExtension(name);
  return engine;
}

function start(): void {
  started = true;
  const asked = new URLSearchParams(window.location.search).get("render");
  const cpu = asked === "cpu" || !hasWebGl();
  const configuration = getConfiguration();
  configuration.rendering = { ...configuration.rendering, useCPURendering: cpu, webGlContextCount: CONTEXTS };
  init(configuration);
  if (cpu) setUseCPURendering(true);
  // Asked at the first image else, for which a context is made of its own.
  else supportsNorm16Linear();
  cache.setMaxCacheSize(CORNERSTONE_CACHE);
  registerImageLoader();
  startMeasuring();
  eventTarget.addEventListener(Enums.Events.WEBGL_CONTEXT_LOST, lost);
}

/**
 * What stands on a viewport's canvas is then of no use: all viewports are made anew, with new contexts where there are
 * any, else without. Those of an engine that was left are nobody's loss.
 */
function lost({ detail }: CustomEvent<{ renderingEngineId: string }>): void {
  if (detail.renderingEngineId !== current) return;
  current = "";
  losses += 1;
  fellBack = losses > MOST_LOSSES || !hasWebGl();
  if (fellBack) setUseCPURendering(true);
  for (const listener of listeners) listener();
}

/** Not in its public types. */
interface Pool {
  readonly contextPool?: {
    getAllContexts(): { getOpenGLRenderWindow(): { getContext(): WebGL2RenderingContext | null } }[];
  };
}

function contextsOf(engine: RenderingEngine): WebGL2RenderingContext[] {
  const windows = (engine as unknown as Pool).contextPool?.getAllContexts() ?? [];
  return windows.map((one) => one.getOpenGLRenderWindow().getContext()).filter((context) => context !== null);
}

/** Its contexts are given back now: the GPU would keep their images until memory is tidied up. */
function end(engine: RenderingEngine): void {
  const contexts = contextsOf(engine);
  engine.destroy();
  for (const context of contexts) context.getExtension("WEBGL_lose_context")?.loseContext();
}

/** Told when viewports must be made anew. */
export function subscribeLosses(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** How often viewports had to be made anew. */
export const graphicsLost = (): number => losses;

/** Images are drawn without the graphics processor, because it was lost. */
export const withoutGraphics = (): boolean => fellBack;

/** Gives back the GPU's memory when the reading room is left; not where another case's viewports follow. */
export function stopEngine(): void {
  setTimeout(() => {
    const engine = getRenderingEngine(current);
    if (engine === undefined || engine.getViewports().length > 0) return;
    current = "";
    end(engine);
    cache.purgeCache();
  }, FOLLOWED_WITHIN);
}
