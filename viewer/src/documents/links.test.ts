import { describe, expect, it } from "vitest";
import type { Stack } from "@/hanging/plan";
import { madeDocument } from "@/images/madeDocument";
import { madeFrame } from "@/images/madeFrames";
import { targetsOf } from "./links";

const frame = (sopInstanceUid: string, frameNumber = 1): ReturnType<typeof madeFrame> =>
  madeFrame({ frameNumber, instance: { sopInstanceUid } });
const plain = { id: "plain", frames: [frame("1.1"), frame("1.2")] } as unknown as Stack;
const volume = { id: "volume", frames: [1, 2, 3].map((number) => frame("1.9", number)) } as unknown as Stack;
const report = madeDocument({ sopInstanceUid: "1.7" });

const targets = (sopInstanceUid: string, ...frames: number[]): ReturnType<typeof targetsOf> =>
  targetsOf({ sopClassUid: "", sopInstanceUid, frames }, [plain, volume], [report]);

describe("what a document names", () => {
  it("is an image in its place in a stack, or each frame that is named", () => {
    expect(targets("1.2")).toEqual([{ kind: "image", stack: plain, index: 1 }]);
    expect(targets("1.9")).toEqual([{ kind: "image", stack: volume, index: 0 }]);
    expect(targets("1.9", 3, 2)).toMatchObject([{ index: 1 }, { index: 2 }]);
  });

  it("is another document of the case, or nothing that the case has", () => {
    expect(targets("1.7")).toEqual([{ kind: "document", document: report }]);
    expect(targets("1.8")).toEqual([]);
    expect(targets("1.9", 8)).toEqual([]);
  });
});
