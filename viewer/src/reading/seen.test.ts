import { describe, expect, it } from "vitest";
import { drawnView, newEntry, viewOf } from "@/images/entry";
import { madeFrame } from "@/images/madeFrames";
import type { StackViewState } from "@/viewports/StackView";
import { Seen } from "./seen";

const shown = (more: Record<string, unknown> = {}, prior = false): StackViewState => {
  const frame = madeFrame({ digest: "d" });
  const frameView = { ...viewOf(newEntry(frame)), whole: true, proved: true };
  return { drawn: true, frame, frameView, stack: { prior }, ...more } as unknown as StackViewState;
};

describe("what was seen (REC-15)", () => {
  it("is what was drawn whole and proved, not what the store has", () => {
    const seen = new Seen();
    const whole = shown();
    seen.note({ ...whole, frameView: drawnView(whole.frameView, true) });
    seen.note({ ...whole, drawn: false });
    expect(seen.images()).toEqual([]);
    seen.note(whole);
    seen.note(whole);
    expect(seen.images()).toEqual([{ sop_instance_uid: whole.frame.instance.sopInstanceUid, frame: 1, digest: "d" }]);
  });

  it("is of the current study: the report of a prior was another", () => {
    const seen = new Seen();
    seen.note(shown());
    seen.note(shown({}, true));
    expect([seen.images().length, seen.current()]).toEqual([1, 1]);
  });
});

it("counts a study before this one as compared once an image of it was on the screen, whole", () => {
  const seen = new Seen();
  const prior = (studyInstanceUid: string, whole: boolean): StackViewState =>
    ({
      drawn: true,
      frame: { imageId: studyInstanceUid, instance: { studyInstanceUid } },
      frameView: { whole, proved: false },
      stack: { prior: true },
    }) as unknown as StackViewState;
  seen.note(prior("1.2", false));
  expect(seen.priors()).toEqual([]);
  seen.note(prior("1.2", true));
  seen.note(prior("1.2", true));
  expect(seen.priors()).toEqual(["1.2"]);
  expect(seen.images()).toEqual([]);
});
