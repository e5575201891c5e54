import type { JSX } from "react";

/** Line drawings of 16 × 16 for the strip; each button says its name too. */
export type Icon =
  | "window"
  | "pan"
  | "zoom"
  | "scroll"
  | "length"
  | "angle"
  | "ellipse"
  | "invert"
  | "flip"
  | "rotate"
  | "fit"
  | "reset"
  | "play"
  | "stop"
  | "linkScroll"
  | "linkWindow"
  | "linkZoom"
  | "layout"
  | "back"
  | "report"
  | "request"
  | "messages"
  | "help"
  | "presets";

const line = (path: string): JSX.Element => (
  <path d={path} fill="none" stroke="currentColor" strokeWidth="1.3" strokeLinecap="round" strokeLinejoin="round" />
);

const DRAWINGS: Readonly<Record<Icon, JSX.Element>> = {
  window: (
    <>
      <circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" strokeWidth="1.3" />
      <path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" />
    </>
  ),
  pan: line(
    "M8 1.8v12.4M1.8 8h12.4M6.2 3.6L8 1.8l1.8 1.8M6.2 12.4L8 14.2l1.8-1.8M3.6 6.2L1.8 8l1.8 1.8M12.4 6.2L14.2 8l-1.8 1.8",
  ),
  zoom: line("M6.8 2.3a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.2 10.2l3.6 3.6M6.8 4.9v3.8M4.9 6.8h3.8"),
  scroll: line("M2.5 5.5h11M2.5 8.5h11M2.5 11.5h11M5 2.8L8 1l3 1.8M5 14l3 1.2L11 14"),
  length: line("M2.5 13.5l11-11M1.5 11.5l3 3M11.5 1.5l3 3"),
  angle: line("M13.5 13H2.5L11 3M6.2 8.6c1.5 1 2.2 2.500 2.3 4.400"),
  ellipse: <ellipse cx="8" cy="8" rx="6" ry="4.200" fill="none" stroke="currentColor" strokeWidth="1.3" />,
  invert: (
    <>
      <rect x="2.5" y="2.5" width="11" height="11" fill="none" stroke="currentColor" strokeWidth="1.3" />
      <path d="M2.500 13.500l11-11v11z" fill="currentColor" />
    </>
  ),
  flip: line("M8 1.500v13M6 4L2 12h4zM10 4l4 8h-4z"),
  rotate: line("M13 8a5 5 0 1 1-1.800-3.850M13.400 2v3h-3"),
  fit: line("M2 5.500V2h3.500M10.500 2H14v3.500M14 10.500V14h-3.500M5.500 14H2v-3.500"),
  reset: line("M3 8a5 5 0 1 0 1.800-3.850M2.600 2v3h3"),
  play: <path d="M4.500 2.500l8.500 5.500-8.500 5.500z" fill="currentColor" />,
  stop: <rect x="3.500" y="3.500" width="9" height="9" fill="currentColor" />,
  linkScroll: line(
    "M6.500 9.500l3-3M7 5l1.500-1.500a2.800 2.800 0 0 1 4 4L11 9M9 11l-1.500 1.500a2.800 2.800 0 0 1-4-4L5 7",
  ),
  linkWindow: (
    <>
      <circle cx="5.2" cy="8" r="3.5" fill="none" stroke="currentColor" strokeWidth="1.3" />
      <path d="M5.200 4.500a3.500 3.500 0 0 1 0 7z" fill="currentColor" />
      <circle cx="10.8" cy="8" r="3.5" fill="none" stroke="currentColor" strokeWidth="1.3" />
      <path d="M10.800 4.500a3.500 3.500 0 0 1 0 7z" fill="currentColor" />
    </>
  ),
  linkZoom: line(
    "M5 2.500a3.500 3.500 0 1 0 0 7a3.500 3.500 0 0 0 0-7M11 2.500a3.500 3.500 0 1 0 0 7a3.500 3.500 0 0 0 0-7M8 8.500l5 5M8 8.500l-5 5",
  ),
  layout: line("M2 2.500h12v11H2zM8 2.500v11M2 8h12"),
  back: line("M9.500 3L4.500 8l5 5"),
  request: line("M3.500 3h9v11h-9zM6 1.500h4v3H6zM6 8h4M6 11h4"),
  report: line("M3.500 1.500h6.500l3 3v10h-9.500zM5.500 7h5M5.500 9.500h5M5.500 12h3"),
  messages: line("M2 3h12v8.500H7.500L4.500 14v-2.500H2zM5 6h6M5 8.500h4"),
  help: line("M5.500 5.800c0-3.300 5-3.300 5 0 0 2-2.500 2-2.500 4M8 12.800v.1"),
  presets: line("M2 4.500h6M11.500 4.500H14M9.700 2.700v3.600M2 11.500h2M7.500 11.500H14M5.700 9.700v3.600"),
};

export function IconMark({ icon }: { readonly icon: Icon }): JSX.Element {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      {DRAWINGS[icon]}
    </svg>
  );
}
