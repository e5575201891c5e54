import type { JSX } from "react";
import type { SymptomKind } from "./shapes";

const line = { fill: "none", stroke: "currentColor", strokeWidth: 2.6, strokeLinecap: "round" } as const;

/** The sign of each kind of symptom, around the origin; they differ in outline, not in colour. */
const SHAPES: Readonly<Record<SymptomKind, JSX.Element>> = {
  lump: <circle r="8" fill="currentColor" />,
  pain: <path d="M-6.5-6.5l13 13M6.5-6.5l-13 13" {...line} />,
  discharge: <path d="M0-9.5C4-3.5 6.5-1 6.5 2.5a6.5 6.5 0 0 1-13 0C-6.5-1-4-3.5 0-9.5z" fill="currentColor" />,
  skin: (
    <>
      <rect x="-7.5" y="-7.5" width="15" height="15" {...line} strokeWidth={2} />
      <path d="M-7 1l8-8M-7 7l14-14M-1 7l8-8" {...line} strokeWidth={1.6} />
    </>
  ),
  other: <path d="M0-9L9 0 0 9-9 0z" fill="none" stroke="currentColor" strokeWidth="2.4" />,
};

export function KindShape({ kind }: { readonly kind: SymptomKind }): JSX.Element {
  return SHAPES[kind];
}

/** The sign beside its word. */
export function KindMark({ kind, size = 14 }: { readonly kind: SymptomKind; readonly size?: number }): JSX.Element {
  return (
    <svg viewBox="-11 -11 22 22" width={size} height={size} aria-hidden="true" focusable="false">
      {SHAPES[kind]}
    </svg>
  );
}
