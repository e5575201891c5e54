import { describe, expect, it } from "vitest";
import type { Dataset } from "./dicomJson";
import { frameTimes } from "./frameTimes";

const said = (values: Readonly<Record<string, readonly (number | string)[]>>): Dataset =>
  Object.fromEntries(Object.entries(values).map(([tag, Value]) => [tag, { vr: "DS", Value: [...Value] }]));

describe("how long a frame stands", () => {
  it("is the time to the next frame in a Frame Time Vector, whose first value is of no frame", () => {
    expect(frameTimes(said({ "00181065": [0, 40, 60, 40] }), 4)).toEqual([40, 60, 40, 40]);
  });

  it("is the Frame Time where the Frame Increment Pointer names that, or the vector does not fit", () => {
    const both = { "00181063": [33], "00181065": [0, 40, 60] };
    expect(frameTimes(said({ ...both, "00280009": ["00181063"] }), 3)).toEqual([33, 33, 33]);
    expect(frameTimes(said(both), 2)).toEqual([33, 33]);
    expect(frameTimes(said({ ...both, "00181065": [0, 0, 60] }), 3)).toEqual([33, 33, 33]);
  });

  it("follows from a rate where there is no time: the recommended one, then that of the cine", () => {
    expect(frameTimes(said({ "00082144": [20], "00180040": [10] }), 2)).toEqual([50, 50]);
    expect(frameTimes(said({ "00180040": [10] }), 1)).toEqual([100]);
    expect(frameTimes(said({ "00181063": [0], "00180040": [10] }), 1)).toEqual([100]);
  });

  it("is unknown where the object says nothing", () => {
    expect(frameTimes(said({}), 3)).toEqual([]);
    expect(frameTimes(said({ "00180040": [0] }), 3)).toEqual([]);
  });
});
