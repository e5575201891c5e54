import type { JSX, ReactNode } from "react";
import classes from "./Chip.module.css";
import { ShapeMark, type Shape } from "./shapes";

/** `danger`: do not rely on this, or somebody must act now. `good`: measured and within its validity. Nothing else is red or green. */
export type Tone = "idle" | "active" | "good" | "attention" | "danger";

export interface ChipProps {
  readonly tone: Tone;
  readonly shape: Shape;
  readonly children: ReactNode;
  /** A soft ground behind the word, where a chip stands alone; bare in dense rows. */
  readonly framed?: boolean;
  readonly title?: string | undefined;
}

/** A state is a word, a shape and a colour, never a colour alone. */
export function Chip({ tone, shape, children, framed = false, title }: ChipProps): JSX.Element {
  return (
    <span
      className={`${classes["chip"] ?? ""} ${classes[tone] ?? ""} ${framed ? (classes["framed"] ?? "") : ""}`}
      data-tone={tone}
      title={title}
    >
      <ShapeMark shape={shape} />
      <span>{children}</span>
    </span>
  );
}
