import { describe, expect, it } from "vitest";
import { LineRate } from "./lineRate";

describe("the rate of the line", () => {
  it("is unknown until bytes have come for a while", () => {
    const rate = new LineRate();
    rate.busy(0);
    rate.came(1_000_000, 100);
    expect(rate.bytesPerSecond).toBeNull();
    rate.came(0, 250);
    expect(rate.bytesPerSecond).toBe(4_000_000);
  });

  it("follows the line, and a pause does not count", () => {
    const rate = new LineRate();
    rate.busy(0);
    rate.came(1_000_000, 1000);
    expect(rate.bytesPerSecond).toBe(1_000_000);
    rate.idle();
    rate.busy(100_000);
    rate.came(500_000, 101_000);
    expect(rate.bytesPerSecond).toBe(800_000);
    rate.came(3_000_000, 102_000);
    expect(rate.bytesPerSecond).toBe(3_000_000);
  });
});
