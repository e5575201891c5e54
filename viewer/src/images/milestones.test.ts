import { beforeEach, describe, expect, it } from "vitest";
import { newEntry, viewOf } from "./entry";
import { madeFrame } from "./madeFrames";
import { caseOpened, imageDrawn, Milestones } from "./milestones";

const image = { width: 1, height: 1, components: 1 as const, cells: new ArrayBuffer(1), array: "Uint8Array" as const };
const marked = (): string[] => performance.getEntriesByType("mark").map(({ name }) => name);

describe("the marks of a case", () => {
  beforeEach(caseOpened);

  it("name the first image once, and begin anew with the next case", () => {
    imageDrawn();
    imageDrawn();
    expect(marked()).toEqual(["dokuei:opened", "dokuei:first-image"]);
    caseOpened();
    expect(marked()).toEqual(["dokuei:opened"]);
  });

  it("are scrollable with every frame at a quarter, and whole with every frame proved", () => {
    const frames = [madeFrame(), madeFrame()];
    const milestones = new Milestones();
    milestones.begin(frames);
    for (const [index, frame] of frames.entries()) {
      const entry = Object.assign(newEntry(frame), { image: { ...image, minimum: 0, maximum: 1 } });
      milestones.note(frame.imageId, viewOf(entry), 3);
      expect(marked()).not.toContain("dokuei:scrollable");
      milestones.note(frame.imageId, viewOf(entry), 2);
      expect(marked().includes("dokuei:scrollable")).toBe(index === 1);
    }
    for (const frame of frames) {
      expect(marked()).not.toContain("dokuei:whole");
      milestones.note(frame.imageId, viewOf(Object.assign(newEntry(frame), { proved: true })), 0);
    }
    expect(marked()).toContain("dokuei:whole");
  });
});
