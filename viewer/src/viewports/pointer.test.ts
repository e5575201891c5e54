import { describe, expect, it } from "vitest";
import { wheelSteps } from "./pointer";

describe("the wheel", () => {
  it("goes one image a notch, also where a busy browser hands several over at once", () => {
    const steps = [100, -120, 240, -300, 53, 4].map((deltaY) => wheelSteps({ deltaY, deltaMode: 0 }));
    expect(steps).toEqual([1, -1, 2, -3, 1, 1]);
    expect(wheelSteps({ deltaY: 3, deltaMode: 1 })).toBe(1);
    expect(wheelSteps({ deltaY: -1, deltaMode: 2 })).toBe(-1);
  });
});
