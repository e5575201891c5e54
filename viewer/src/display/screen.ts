/** What a page can read of the screen that it is on; the hub judges it against the register. */
import type { ScreenRead } from "@/api/types";

interface ScreenDetailed extends Screen {
  readonly left: number;
  readonly top: number;
  readonly devicePixelRatio: number;
}

interface ScreenDetails {
  readonly screens: readonly ScreenDetailed[];
  readonly currentScreen: ScreenDetailed;
}

declare global {
  interface Window {
    /** Window Management: Chromium alone, and only where somebody has allowed it. */
    readonly getScreenDetails?: () => Promise<ScreenDetails>;
  }
}

async function isGranted(): Promise<boolean> {
  const name = "window-management" as PermissionName;
  const status = await navigator.permissions.query({ name }).catch(() => null);
  return status?.state === "granted";
}

/** How many screens there are and where this one stands; nobody is asked for it here. */
async function details(): Promise<ScreenDetails | null> {
  if (window.getScreenDetails === undefined || !(await isGranted())) return null;
  return window.getScreenDetails().catch(() => null);
}

/** The page's own pixel ratio counts, not the screen's: a page that is zoomed does not show one pixel for one. */
export async function readScreen(): Promise<ScreenRead> {
  const { screen, devicePixelRatio } = window;
  const known = await details();
  return {
    width: screen.width,
    height: screen.height,
    pixel_ratio: Math.round(devicePixelRatio * 10_000) / 10_000,
    colour_depth: screen.colorDepth,
    screens: known?.screens.length ?? null,
    left: known?.currentScreen.left ?? null,
    top: known?.currentScreen.top ?? null,
  };
}

/** Calls back when the page may be on another screen, or on this one in another size; the answer ends it. */
export function watchScreen(changed: () => void): () => void {
  let ratio: MediaQueryList | null = null;
  const watchRatio = (): void => {
    ratio?.removeEventListener("change", ratioChanged);
    ratio = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    ratio.addEventListener("change", ratioChanged);
  };
  const ratioChanged = (): void => {
    watchRatio();
    changed();
  };
  watchRatio();
  window.addEventListener("resize", changed);
  window.addEventListener("focus", changed);
  return () => {
    ratio?.removeEventListener("change", ratioChanged);
    window.removeEventListener("resize", changed);
    window.removeEventListener("focus", changed);
  };
}
