import type { Hanging } from "@/hanging/hang";
import type { Frame } from "@/images/frame";

/** In which order a case's frames are brought ahead: what is seen first comes first. Pure. */
export function orderOf({ stacks, steps }: Hanging): Frame[] {
  const shown = steps[0]?.cells.map(({ stack }) => stack).filter((stack) => stack !== null) ?? [];
  const first = shown.map(({ frames }) => frames[0]).filter((frame) => frame !== undefined);
  const rest = [...shown, ...stacks].flatMap(({ frames }) => frames);
  return [...new Set([...first, ...rest])];
}
