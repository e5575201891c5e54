import { AS_IT_IS, type Cell, type Placement, type Stack, type Step } from "./plan";

/** Mammograms hang chest wall to chest wall, the right breast on the reader's left (IHE MAMMO), current over prior. */

const SIDES = ["R", "L"] as const;
type Side = (typeof SIDES)[number];

const OPPOSITE: Readonly<Record<string, string>> = { A: "P", P: "A", H: "F", F: "H", L: "R", R: "L" };

export const isForProcessing = (stack: Stack): boolean =>
  stack.frames[0]?.instance.breast.presentationIntent === "FOR PROCESSING";

const isTomo = (stack: Stack): boolean => (stack.frames[0]?.instance.numberOfFrames ?? 1) > 1;

function isPlainView(stack: Stack, side: Side, view: string): boolean {
  const breast = stack.frames[0]?.instance.breast;
  return breast?.laterality === side && breast.view === view && breast.modifiers.length === 0;
}

/** Letters that the right and the bottom of the screen must show: nipple outward; MLO head up, CC lateral side up. */
function wanted(side: Side, view: string): { right: string; bottom: string } {
  const right = side === "R" ? "P" : "A";
  return {
    right,
    bottom: view.startsWith("CC") || view.startsWith("XCC") || view === "FB" ? (OPPOSITE[side] ?? "") : "F",
  };
}

/** From Patient Orientation and laterality alone, never from the pixels. Without them the image stays as it came. */
export function placementOf(stack: Stack | null): Placement {
  const frame = stack?.frames[0];
  if (frame === undefined) return AS_IT_IS;
  const { laterality, view } = frame.instance.breast;
  if (laterality !== "R" && laterality !== "L") return { ...AS_IT_IS, sameSize: "breast" };
  const placed: Placement = {
    ...AS_IT_IS,
    justify: laterality === "R" ? "right" : "left",
    sameSize: "breast",
  };
  const orientation = frame.geometry.patientOrientation;
  if (orientation === null) return placed;
  const { right, bottom } = wanted(laterality, view);
  const wrongWay = orientation[0].startsWith(OPPOSITE[right] ?? "?");
  const upsideDown = orientation[1].startsWith(OPPOSITE[bottom] ?? "?");
  return { ...placed, turns: upsideDown ? 2 : 0, flipped: wrongWay !== upsideDown };
}

const cell = (stack: Stack | null | undefined): Cell => ({
  stack: stack ?? null,
  placement: placementOf(stack ?? null),
});

interface Set4 {
  readonly mlo: readonly (Stack | undefined)[];
  readonly cc: readonly (Stack | undefined)[];
}

function views(stacks: readonly Stack[]): Set4 {
  const flat = stacks.filter((stack) => !isTomo(stack));
  const pair = (view: string): (Stack | undefined)[] =>
    SIDES.map((side) => flat.find((stack) => isPlainView(stack, side, view)));
  return { mlo: pair("MLO"), cc: pair("CC") };
}

const some = (stacks: readonly (Stack | undefined)[]): boolean => stacks.some((stack) => stack !== undefined);

function step(name: Step["name"], rows: number, columns: number, stacks: readonly (Stack | undefined)[]): Step {
  return { name, rows, columns, cells: stacks.map(cell) };
}

/** `current` and `prior` are the stacks of mammography series; `prior` those of the nearest earlier study. */
export function mammographySteps(current: readonly Stack[], prior: readonly Stack[]): Step[] {
  const read = current.filter((stack) => !isForProcessing(stack));
  const now = views(read);
  const before = views(prior.filter((stack) => !isForProcessing(stack)));
  const four = [...now.mlo, ...now.cc];
  const fourBefore = [...before.mlo, ...before.cc];
  const hasPrior = some(four) && some(fourBefore);
  const present = four.filter((stack) => stack !== undefined);
  const steps = [
    ...(hasPrior ? [beside("withPriors", 2, four, fourBefore)] : []),
    ...overview(four, present),
    ...(present.length > 2 && some(now.mlo) ? [step("mlo", 1, 2, now.mlo)] : []),
    ...(present.length > 2 && some(now.cc) ? [step("cc", 1, 2, now.cc)] : []),
    ...(hasPrior ? comparisons(now, before) : []),
  ];
  const shown = new Set(four);
  const rest = read.filter((stack) => !shown.has(stack));
  return [
    ...steps,
    ...inPairs("tomo", rest.filter(isTomo)),
    ...inPairs(
      "others",
      rest.filter((stack) => !isTomo(stack)),
    ),
  ];
}

/** A view that is missing among others leaves its place empty; one or two views fill the room. */
function overview(four: readonly (Stack | undefined)[], present: readonly Stack[]): Step[] {
  if (present.length === 0) return [];
  const shown = present.length > 2 ? four : present;
  return [step("overview", 1, shown.length, shown)];
}

/** Each view beside its prior: prior right, current right, current left, prior left would part the pairs; so by view. */
function comparisons(now: Set4, before: Set4): Step[] {
  return ([now.mlo, now.cc] as const).flatMap((pair, index) => {
    const earlier = index === 0 ? before.mlo : before.cc;
    if (!some(pair) || !some(earlier)) return [];
    return [beside("compare", 1, pair, earlier)];
  });
}

/** Places that neither examination has an image for stay, empty, only among more than two that one of them has. */
function beside(
  name: Step["name"],
  rows: 1 | 2,
  now: readonly (Stack | undefined)[],
  before: readonly (Stack | undefined)[],
): Step {
  const taken = [...now.keys()].filter((place) => some([now[place], before[place]]));
  const places = taken.length > 2 ? [...now.keys()] : taken;
  const stacks = [now, before].flatMap((one) => places.map((place) => one[place]));
  return step(name, rows, stacks.length / rows, stacks);
}

function inPairs(name: Step["name"], stacks: readonly Stack[]): Step[] {
  const sorted = stacks.toSorted((a, b) => sideOrder(a) - sideOrder(b));
  const steps: Step[] = [];
  for (let at = 0; at < sorted.length; at += 2) {
    const pair = sorted.slice(at, at + 2);
    steps.push(step(name, 1, pair.length, pair));
  }
  return steps;
}

/** View by view, right before left. */
function sideOrder(stack: Stack): number {
  const breast = stack.frames[0]?.instance.breast;
  const view = ["MLO", "CC"].indexOf(breast?.view ?? "");
  return (view < 0 ? 2 : view) * 2 + (breast?.laterality === "L" ? 1 : 0);
}
