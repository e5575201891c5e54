import { describe, expect, it } from "vitest";
import { madeFrame } from "@/images/madeFrames";
import type { BreastView, Frame, Series, Study } from "@/images/frame";
import { hang, regridded, type Hanging } from "./hang";
import { placementOf } from "./mammography";
import type { Step } from "./plan";
import { stacksOf } from "./stacks";

let made = 0;

function series(modality: string, frames: readonly Frame[], description = ""): Series {
  made += 1;
  return {
    seriesInstanceUid: `1.9.${made}`,
    seriesNumber: made,
    modality,
    description,
    laterality: "",
    bodyPartExamined: "BREAST",
    frames,
    documents: [],
  };
}

const study = (...all: Series[]): Study => ({
  siteId: "s",
  studyInstanceUid: "1",
  studyDate: "20261123",
  description: "",
  series: all,
});

type Orientation = readonly [string, string];
const USUAL: Readonly<Record<string, Orientation>> = {
  RMLO: ["P", "FL"],
  LMLO: ["A", "FR"],
  RCC: ["P", "L"],
  LCC: ["A", "R"],
};

function mammogram(
  side: "R" | "L",
  view: string,
  more: Partial<BreastView> = {},
  patientOrientation?: Orientation,
): Frame {
  const { breast } = madeFrame().instance;
  return madeFrame({
    instance: { modality: "MG", breast: { ...breast, laterality: side, view, ...more } },
    geometry: { patientOrientation: patientOrientation ?? USUAL[`${side}${view}`] ?? null },
  });
}

const four = (): Study =>
  study(...(["R", "L"] as const).flatMap((side) => ["MLO", "CC"].map((view) => series("MG", [mammogram(side, view)]))));

const labels = (step: Step | undefined): string =>
  (step?.cells ?? [])
    .map(({ stack }) => {
      const breast = stack?.frames[0]?.instance.breast;
      return breast === undefined ? "-" : `${breast.laterality}${breast.view}${stack?.prior === true ? "'" : ""}`;
    })
    .join(" ");

function everyFrameOnce(hanging: Hanging, ...studies: Study[]): void {
  const wanted = studies.flatMap((one) => one.series.flatMap(({ frames }) => frames.map(({ imageId }) => imageId)));
  const got = hanging.stacks.flatMap(({ frames }) => frames.map(({ imageId }) => imageId));
  expect(got.toSorted()).toEqual(wanted.toSorted());
}

/** Numbers that look random and are the same each time. */
function* dice(): Generator<number, never> {
  for (let seed = 12_345; ;) {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    yield seed;
  }
}

describe("stacks", () => {
  it("hold every frame of any study exactly once (MAMMO-16)", () => {
    const roll = dice();
    const pick = <T>(values: readonly T[]): T => values[roll.next().value % values.length] as T;
    for (let round = 0; round < 300; round += 1) {
      const all = Array.from({ length: 1 + (roll.next().value % 5) }, () => {
        const modality = pick(["MG", "MR", "US", "CT", "PT", "OT"]);
        const frames = Array.from({ length: roll.next().value % 24 }, () =>
          madeFrame({
            frameNumber: pick([1, 1, 1, 2, 3]),
            temporal: [pick([0, 0, 1, 2]), 0, pick([0, 1])],
            instance: {
              modality,
              instanceNumber: pick([null, 1, 2, 3, 4, 5]),
              numberOfFrames: pick([1, 1, 3]),
              breast: {
                ...madeFrame().instance.breast,
                laterality: pick(["R", "L", "B", ""] as const),
                view: pick(["CC", "MLO", "XCCL", ""]),
              },
            },
            geometry: {
              position: pick([null, [0, 0, pick([0, 1, 2, 3])] as const]),
              orientation: pick([
                null,
                { row: [1, 0, 0], column: [0, 1, 0] } as const,
                { row: [0, 1, 0], column: [0, 0, 1] } as const,
              ]),
            },
          }),
        );
        return series(modality, frames);
      });
      const [current, prior] = [study(...all.slice(0, 3)), study(...all.slice(3))];
      everyFrameOnce(hang(current, [prior]), current, prior);
    }
  });

  const slices = (count: number, more: (index: number) => Parameters<typeof madeFrame>[0] = () => ({})): Frame[] =>
    Array.from({ length: count }, (_, index) => {
      const changes = more(index);
      return madeFrame({
        ...changes,
        instance: { instanceNumber: index + 1, ...changes?.instance },
        geometry: {
          orientation: { row: [1, 0, 0], column: [0, 1, 0] },
          position: [0, 0, index * 2],
          ...changes?.geometry,
        },
      });
    });

  it("go by place, in the direction of the instance numbers", () => {
    const frames = slices(5, (index) => ({ geometry: { position: [0, 0, -index * 2] } }));
    const [stack] = stacksOf(study(series("MR", [...frames].reverse())), false);
    expect(stack?.frames).toEqual(frames);
    const shuffled = slices(4, (index) => ({ instance: { instanceNumber: [1, 3, 2, 4][index] ?? 0 } }));
    expect(stacksOf(study(series("MR", shuffled)), false)[0]?.frames).toEqual(shuffled);
  });

  it("part a dynamic series into its phases, in the order of time", () => {
    const phases = slices(12, (index) => ({
      temporal: [0, 0, 3 - Math.floor(index / 4)],
      geometry: { position: [0, 0, index % 4] },
    }));
    const stacks = stacksOf(study(series("MR", phases)), false);
    expect(stacks.map(({ frames }) => frames.map(({ instance }) => instance.instanceNumber))).toEqual([
      [9, 10, 11, 12],
      [5, 6, 7, 8],
      [1, 2, 3, 4],
    ]);
    expect(stacks.map(({ part }) => part?.number)).toEqual([1, 2, 3]);
  });

  it("part repetitions at each place by their order where nothing else tells them apart", () => {
    const frames = slices(6, (index) => ({ geometry: { position: [0, 0, Math.floor(index / 2)] } }));
    const stacks = stacksOf(study(series("MR", frames)), false);
    expect(stacks.map((stack) => stack.frames.map(({ instance }) => instance.instanceNumber))).toEqual([
      [1, 3, 5],
      [2, 4, 6],
    ]);
  });

  it("keep a series together that no rule fits", () => {
    const frames = slices(5, (index) => ({ geometry: { position: [0, 0, index < 3 ? 0 : 1] } }));
    expect(stacksOf(study(series("MR", frames)), false).map((stack) => stack.frames.length)).toEqual([5]);
  });

  it("keep a cine's frames in their order, one stack an object", () => {
    const cine = [3, 1, 2].map((frameNumber) =>
      madeFrame({ frameNumber, instance: { sopInstanceUid: "1.7", modality: "US", numberOfFrames: 3 } }),
    );
    const still = madeFrame({ instance: { modality: "US" } });
    const stacks = stacksOf(study(series("US", [...cine, still])), false);
    expect(stacks.map(({ frames }) => frames.map(({ frameNumber }) => frameNumber))).toEqual([[1], [1, 2, 3]]);
  });
});

describe("mammograms", () => {
  it("hang right breast left, MLO before CC, and step from all to pairs", () => {
    const hanging = hang(four(), []);
    expect(hanging.steps.map((step) => `${step.name} ${step.rows}x${step.columns}: ${labels(step)}`)).toEqual([
      "overview 1x4: RMLO LMLO RCC LCC",
      "mlo 1x2: RMLO LMLO",
      "cc 1x2: RCC LCC",
    ]);
  });

  it("come with the prior below and beside", () => {
    const prior = four();
    const hanging = hang(four(), [prior]);
    expect(hanging.steps.map((step) => `${step.name}: ${labels(step)}`)).toEqual([
      "withPriors: RMLO LMLO RCC LCC RMLO' LMLO' RCC' LCC'",
      "overview: RMLO LMLO RCC LCC",
      "mlo: RMLO LMLO",
      "cc: RCC LCC",
      "compare: RMLO LMLO RMLO' LMLO'",
      "compare: RCC LCC RCC' LCC'",
    ]);
  });

  it("leave no place empty that neither examination has, where one or two are taken", () => {
    const some = (...views: readonly (readonly ["R" | "L", string])[]): Study =>
      study(...views.map(([side, view]) => series("MG", [mammogram(side, view)])));
    const shape = ({ steps }: Hanging): string[] =>
      steps.map((step) => `${step.name} ${step.rows}x${step.columns}: ${labels(step)}`);
    const one = some(["R", "CC"]);
    expect(shape(hang(one, [some(["R", "CC"])]))).toEqual([
      "withPriors 2x1: RCC RCC'",
      "overview 1x1: RCC",
      "compare 1x2: RCC RCC'",
    ]);
    const both = some(["R", "CC"], ["L", "CC"]);
    expect(shape(hang(both, [both]))[0]).toBe("withPriors 2x2: RCC LCC RCC' LCC'");
    expect(shape(hang(one, [some(["L", "CC"])]))[0]).toBe("withPriors 2x2: RCC - - LCC'");
    expect(shape(hang(four(), [one]))[0]).toBe("withPriors 2x4: RMLO LMLO RCC LCC - - RCC' -");
  });

  it("never hide a further view: each stands in a step of its own (MAMMO-16)", () => {
    const extra = series("MG", [mammogram("R", "ML"), mammogram("L", "CC", { modifiers: ["M"] }), mammogram("R", "")]);
    const current = study(...four().series, extra);
    const hanging = hang(current, []);
    const hung = new Set(hanging.steps.flatMap((step) => step.cells.map((cell) => cell.stack)));
    expect(hanging.stacks.filter((stack) => !hung.has(stack))).toEqual([]);
    everyFrameOnce(hanging, current);
  });

  it("group the partial views of one breast (MAMMO-13)", () => {
    const parts = series("MG", [
      mammogram("R", "CC", { partialView: "MEDIAL" }),
      mammogram("R", "CC", { partialView: "LATERAL" }),
    ]);
    expect(hang(study(parts), []).stacks.map(({ frames }) => frames.length)).toEqual([2]);
  });

  it("for processing are not hung, but can be reached (MAMMO-03)", () => {
    const raw = series("MG", [mammogram("R", "CC", { presentationIntent: "FOR PROCESSING" })]);
    const current = study(...four().series, raw);
    const hanging = hang(current, []);
    expect(hanging.steps.flatMap((step) => step.cells).some((cell) => cell.stack?.series === raw)).toBe(false);
    everyFrameOnce(hanging, current);
  });

  it("leave room in the overview for a view that is missing", () => {
    const without = study(...four().series.filter((_, index) => index !== 2));
    expect(labels(hang(without, []).steps[0])).toBe("RMLO - RCC LCC");
  });

  it("fill the room where there are but one or two", () => {
    const two = study(...four().series.slice(0, 2));
    expect(hang(two, []).steps.map((step) => `${step.rows}x${step.columns}: ${labels(step)}`)).toEqual([
      "1x2: RMLO RCC",
    ]);
    expect(labels(hang(study(...four().series.slice(3)), []).steps[0])).toBe("LCC");
  });

  it.each([
    ["R", "MLO", undefined, { justify: "right", turns: 0, flipped: false }],
    ["L", "CC", undefined, { justify: "left", turns: 0, flipped: false }],
    ["R", "MLO", ["A", "FR"], { justify: "right", turns: 0, flipped: true }],
    ["R", "MLO", ["A", "HR"], { justify: "right", turns: 2, flipped: false }],
    ["L", "CC", ["A", "L"], { justify: "left", turns: 2, flipped: true }],
    ["L", "MLO", ["P", "FR"], { justify: "left", turns: 0, flipped: true }],
  ] as const)(
    "lie chest wall to chest wall by their header: %s%s %s (MAMMO-07, MAMMO-08)",
    (side, view, orientation, wanted) => {
      const [stack] = stacksOf(study(series("MG", [mammogram(side, view, {}, orientation)])), false);
      expect(placementOf(stack ?? null)).toMatchObject({ ...wanted, sameSize: "breast" });
    },
  );

  it("without Patient Orientation stay as they came", () => {
    const frame = madeFrame({
      instance: { modality: "MG", breast: { ...madeFrame().instance.breast, laterality: "R", view: "CC" } },
    });
    const [stack] = stacksOf(study(series("MG", [frame])), false);
    expect(placementOf(stack ?? null)).toMatchObject({ turns: 0, flipped: false });
  });
});

describe("anything else", () => {
  it.each([
    [1, "1x1"],
    [2, "1x2"],
    [3, "1x3"],
    [4, "2x2"],
    [6, "2x3"],
  ])("hangs %i series as %s", (count, grid) => {
    const hanging = hang(study(...Array.from({ length: count }, () => series("MR", [madeFrame()]))), []);
    expect(hanging.steps.map(({ rows, columns }) => `${rows}x${columns}`)).toEqual([grid]);
  });

  it("takes as many steps as it needs", () => {
    const hanging = hang(study(...Array.from({ length: 8 }, () => series("US", [madeFrame()]))), []);
    expect(hanging.steps.map(({ cells }) => cells.length)).toEqual([6, 2]);
  });

  it("never hangs a prior mammogram as if it were current", () => {
    const hanging = hang(study(series("MR", [madeFrame()])), [four()]);
    expect(hanging.steps[0]?.name).toBe("series");
    expect(hanging.steps.at(-1)?.name).toBe("priors");
  });

  it("keeps what hung when the reader chooses another grid, and fills the rest", () => {
    const hanging = hang(four(), []);
    const step = hanging.steps[1];
    if (step === undefined) throw new Error("no step");
    expect(labels(regridded(step, 2, 2, hanging.stacks))).toBe("RMLO LMLO RCC LCC");
    expect(labels(regridded(step, 1, 1, hanging.stacks))).toBe("RMLO");
    expect(regridded(step, 2, 4, hanging.stacks).cells).toHaveLength(8);
  });
});
