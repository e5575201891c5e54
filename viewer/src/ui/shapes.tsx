import type { JSX, SVGProps } from "react";

/** The second sign of a state beside its word; each differs in outline, not in colour. */
export type Shape = "hollow" | "dashed" | "half" | "full" | "check" | "triangle" | "stop" | "slash" | "lock" | "clock";

const PATHS: Record<Shape, JSX.Element> = {
  hollow: <circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  dashed: (
    <circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2.2 1.6" />
  ),
  half: (
    <>
      <circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6 1.75a4.25 4.25 0 0 1 0 8.5z" fill="currentColor" />
    </>
  ),
  full: <circle cx="6" cy="6" r="5" fill="currentColor" />,
  check: (
    <>
      <circle cx="6" cy="6" r="5.5" fill="currentColor" />
      <path
        d="M3.5 6.2l1.8 1.8 3.3-3.7"
        fill="none"
        stroke="var(--surface)"
        strokeWidth="1.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </>
  ),
  triangle: (
    <>
      <path d="M6 .8l5.6 10.2H.4z" fill="currentColor" />
      <path d="M6 4.4v3" stroke="var(--surface)" strokeWidth="1.3" strokeLinecap="round" />
      <circle cx="6" cy="9.1" r=".8" fill="var(--surface)" />
    </>
  ),
  stop: (
    <>
      <path d="M3.7.5h4.6l3.2 3.2v4.6l-3.2 3.2H3.7L.5 8.3V3.7z" fill="currentColor" />
      <path d="M6 3v3.4" stroke="var(--surface)" strokeWidth="1.4" strokeLinecap="round" />
      <circle cx="6" cy="8.6" r=".85" fill="var(--surface)" />
    </>
  ),
  slash: (
    <>
      <circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M3 9l6-6" stroke="currentColor" strokeWidth="1.5" />
    </>
  ),
  lock: (
    <>
      <path d="M3.6 5.4V3.9a2.4 2.4 0 0 1 4.8 0v1.5" fill="none" stroke="currentColor" strokeWidth="1.4" />
      <rect x="2" y="5.2" width="8" height="6" rx="1.2" fill="currentColor" />
    </>
  ),
  clock: (
    <>
      <circle cx="6" cy="6" r="4.75" fill="none" stroke="currentColor" strokeWidth="1.4" />
      <path d="M6 3.2V6l1.9 1.3" fill="none" stroke="currentColor" strokeWidth="1.3" strokeLinecap="round" />
    </>
  ),
};

export function ShapeMark({
  shape,
  size = 12,
  ...rest
}: { readonly shape: Shape; readonly size?: number } & SVGProps<SVGSVGElement>): JSX.Element {
  return (
    <svg viewBox="0 0 12 12" width={size} height={size} aria-hidden="true" focusable="false" {...rest}>
      {PATHS[shape]}
    </svg>
  );
}
