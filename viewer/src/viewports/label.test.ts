import { describe, expect, it } from "vitest";
import type { Stack } from "@/hanging/plan";
import type { BreastView } from "@/images/frame";
import { madeFrame } from "@/images/madeFrames";
import { partOf, stackLabel } from "./label";

const breast: BreastView = {
  laterality: "R",
  view: "MLO",
  modifiers: [],
  partialView: "",
  implantPresent: false,
  presentationIntent: "",
};
const part = { number: 2, of: 5 };

function stack(instance: Parameters<typeof madeFrame>[0] = {}): Stack {
  const series = {
    seriesInstanceUid: "1",
    seriesNumber: 1,
    modality: "MR",
    description: "Dynamic",
    laterality: "",
    bodyPartExamined: "",
    frames: [],
    documents: [],
  };
  return { id: "1#1", frames: [madeFrame(instance)], series, part, studyDate: "", prior: false };
}

describe("the name of a stack", () => {
  it("is its series', and which part of it stands beside", () => {
    expect(stackLabel(stack())).toBe("Dynamic");
    expect(partOf(stack())).toEqual(part);
  });

  it("is the view where there is one, which needs no number", () => {
    const view = stack({ instance: { breast } });
    expect(stackLabel(view)).toBe("RMLO");
    expect(partOf(view)).toBeNull();
  });
});
