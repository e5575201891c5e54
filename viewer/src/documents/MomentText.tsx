import type { JSX } from "react";
import { formatDay, formatTimeOfDay, parseDay } from "@/ui/format";
import { useDateStyle } from "@/ui/preferences";
import type { Moment } from "./facts";

/** A date and time as an object has them, by its maker's clock; what cannot be read stands as it came. */
export function MomentText({ date, time }: Moment): JSX.Element {
  const style = useDateStyle();
  return (
    <span>{[formatDay(parseDay(date), style) || date, formatTimeOfDay(time) || time].filter(Boolean).join(" ")}</span>
  );
}
