import type { Study } from "@/images/frame";
import { isForProcessing, mammographySteps, placementOf } from "./mammography";
import { AS_IT_IS, type Cell, type Stack, type Step } from "./plan";
import { stacksOf } from "./stacks";

/** Everything that can be scrolled to, and the arrangements in which it is first shown. Pure. */
export interface Hanging {
  readonly stacks: readonly Stack[];
  readonly steps: readonly Step[];
}

const MOST_CELLS = 6;

/** `priors` nearest first. */
export function hang(current: Study, priors: readonly Study[]): Hanging {
  const stacks = stacksOf(current, false);
  const earlier = priors.map((prior) => stacksOf(prior, true));
  const isBreast = (stack: Stack): boolean => stack.series.modality === "MG";
  const priorOfBreast = earlier.find((one) => one.some(isBreast)) ?? [];
  const steps = [
    ...mammographySteps(stacks.filter(isBreast), priorOfBreast.filter(isBreast)),
    ...inOrder(
      "series",
      stacks.filter((stack) => !isBreast(stack)),
    ),
  ];
  const all = [...stacks, ...earlier.flat()];
  const hung = new Set(steps.flatMap((step) => step.cells.map((cell) => cell.stack)));
  const rest = all.filter((stack) => !hung.has(stack) && !isForProcessing(stack));
  return { stacks: all, steps: atLeastOne([...steps, ...inOrder("priors", rest)], all) };
}

/** One stack a viewport, in order, as many steps as they need. */
function inOrder(name: Step["name"], stacks: readonly Stack[]): Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < stacks.length; at += MOST_CELLS) {
    const some = stacks.slice(at, at + MOST_CELLS);
    const [rows, columns] = gridFor(some.length);
    steps.push({ name, rows, columns, cells: some.map(cellOf) });
  }
  return steps;
}

export const cellOf = (stack: Stack): Cell => ({
  stack,
  placement: stack.series.modality === "MG" ? placementOf(stack) : AS_IT_IS,
});

export function gridFor(count: number): [rows: number, columns: number] {
  if (count <= 3) return [1, Math.max(count, 1)];
  return count === 4 ? [2, 2] : [2, 3];
}

/** A study of for-processing images alone still opens: they are marked, and not for reading. */
function atLeastOne(steps: Step[], all: readonly Stack[]): Step[] {
  return steps.length > 0 ? steps : inOrder("series", all);
}

/** The same stacks in a grid that the reader chose. */
export function regridded(step: Step, rows: number, columns: number, all: readonly Stack[]): Step {
  const wanted = rows * columns;
  const kept = step.cells.slice(0, wanted);
  const shown = new Set(kept.map((cell) => cell.stack));
  const more = all.filter((stack) => !shown.has(stack)).map(cellOf);
  const cells = [...kept, ...more].slice(0, wanted);
  const empty: Cell = { stack: null, placement: AS_IT_IS };
  return { ...step, rows, columns, cells: [...cells, ...Array.from({ length: wanted - cells.length }, () => empty)] };
}
