import { describe, expect, it } from "vitest";
import { fromLocal, toLocal } from "./localTime";

describe("a time in this browser's zone", () => {
  it("comes back as the same instant", () => {
    const instant = "2026-11-30T02:15:00.000Z";
    expect(fromLocal(toLocal(instant))).toBe(instant);
  });

  it("that is none is empty, and nothing of it reaches the hub", () => {
    expect(toLocal(null)).toBe("");
    expect(toLocal("soon")).toBe("");
    expect(fromLocal("")).toBeNull();
  });
});
