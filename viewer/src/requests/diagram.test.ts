import { describe, expect, it } from "vitest";
import { beside, center, isArrow, PLACES, placeKey, pointOf, spread, toggled, type Arrow, type Place } from "./diagram";

const hour = (side: "R" | "L", clock: number): Place => ({ side, clock, zone: null });
const ARROWS: readonly Arrow[] = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];

describe("the breast diagram", () => {
  it("has the patient's right on the left, and both clocks as one looks at them", () => {
    expect(center("R").x).toBeLessThan(center("L").x);
    for (const side of ["R", "L"] as const) {
      expect(pointOf(hour(side, 3)).x).toBeGreaterThan(center(side).x);
      expect(pointOf(hour(side, 9)).x).toBeLessThan(center(side).x);
      expect(pointOf(hour(side, 12)).y).toBeLessThan(center(side).y);
    }
  });

  it("has each axilla up and to its outer side", () => {
    const right = pointOf({ side: "R", clock: null, zone: "axilla" });
    const left = pointOf({ side: "L", clock: null, zone: "axilla" });
    expect(right.x).toBeLessThan(pointOf(hour("R", 10)).x);
    expect(left.x).toBeGreaterThan(pointOf(hour("L", 2)).x);
  });

  it("names every place once", () => {
    expect(new Set(PLACES.map(placeKey)).size).toBe(30);
  });

  it("is walked through by arrows from any place to any other", () => {
    for (const start of PLACES) {
      const reached = new Map([[placeKey(start), start]]);
      for (const place of reached.values()) {
        for (const arrow of ARROWS) {
          const next = beside(place, arrow);
          reached.set(placeKey(next), next);
        }
      }
      expect(reached.size, placeKey(start)).toBe(PLACES.length);
    }
  });

  it("goes where the arrow points", () => {
    for (const place of PLACES) {
      expect(pointOf(beside(place, "ArrowRight")).x).toBeGreaterThanOrEqual(pointOf(place).x);
      expect(pointOf(beside(place, "ArrowUp")).y).toBeLessThanOrEqual(pointOf(place).y);
    }
    expect(isArrow("Enter")).toBe(false);
  });

  it("sets a mark and takes it away, and keeps other kinds at the same place", () => {
    const lump = toggled([], hour("R", 10), "lump");
    const both = toggled(lump, hour("R", 10), "pain");
    expect(both.map(({ kind }) => kind)).toEqual(["lump", "pain"]);
    expect(toggled(both, hour("R", 10), "lump").map(({ kind }) => kind)).toEqual(["pain"]);
    expect(toggled(lump, hour("L", 10), "lump")).toHaveLength(2);
  });

  it("draws marks of one place beside each other", () => {
    const both = toggled(toggled([], hour("L", 2), "lump"), hour("L", 2), "skin");
    const [one, other] = spread(both);
    expect(one?.at.y).toBe(other?.at.y);
    expect((other?.at.x ?? 0) - (one?.at.x ?? 0)).toBeGreaterThan(15);
  });
});
