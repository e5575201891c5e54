import {
  cache,
  getConfiguration,
  getRenderingEngine,
  init,
  RenderingEngine,
  setUseCPURendering,
} from "@cornerstonejs/core";
import { registerImageLoader } from "@/images/cornerstone";
import { startMeasuring } from "./measuring";

const ENGINE = "reading";
/** Our own store keeps the frames; Cornerstone3D's cache holds only what is on the screen. */
const CORNERSTONE_CACHE = 1024 ** 3;
/** Browsers allow 16 WebGL contexts a page and drop the oldest without a word. */
const CONTEXTS = 6;

let started = false;

export function hasWebGl(): boolean {
  return document.createElement("canvas").getContext("webgl2") !== null;
}

/** Starts Cornerstone3D once a page; without WebGL 2, or when asked, it draws on the CPU. */
export function startEngine(): RenderingEngine {
  if (!started) {
    started = true;
    const asked = new URLSearchParams(window.location.search).get("render");
    const cpu = asked === "cpu" || !hasWebGl();
    const configuration = getConfiguration();
    configuration.rendering = { ...configuration.rendering, useCPURendering: cpu, webGlContextCount: CONTEXTS };
    init(configuration);
    if (cpu) setUseCPURendering(true);
    cache.setMaxCacheSize(CORNERSTONE_CACHE);
    registerImageLoader();
    startMeasuring();
  }
  return getRenderingEngine(ENGINE) ?? new RenderingEngine(ENGINE);
}

/** Gives back the GPU's memory when the reading room is left; not where another case's viewports are open already. */
export function stopEngine(): void {
  queueMicrotask(() => {
    const engine = getRenderingEngine(ENGINE);
    if (engine === undefined || engine.getViewports().length > 0) return;
    engine.destroy();
    cache.purgeCache();
  });
}
