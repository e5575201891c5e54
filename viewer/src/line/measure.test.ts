import { describe, expect, it } from "vitest";
import { jitterOf, lossBetween, measure, median, type Counters, type Way } from "./measure";

/** A line of so many bytes a millisecond; its clock stands still but for what goes over it. */
function simulated(
  rate: number,
  roundTrip: number,
): { readonly way: Way; readonly now: () => number; sizes: number[] } {
  let clock = 0;
  let sent = 0;
  const sizes: number[] = [];
  const way: Way = {
    ping: () => Promise.resolve((clock += roundTrip)),
    down: (size, arrived) => {
      sizes.push(size);
      clock += roundTrip;
      for (let left = size; left > 0;) {
        const piece = Math.min(left, 16_384);
        clock += piece / rate;
        left -= piece;
        arrived(piece);
      }
      sent += size / 1_448;
      return Promise.resolve();
    },
    up: (size) => Promise.resolve((clock += roundTrip + size / (rate / 2))),
    counters: () =>
      Promise.resolve({ connection: "a", sent: Math.round(sent), sent_again: Math.round(sent * 0.02), path_mtu: 1400 }),
  };
  return { way, now: () => clock, sizes };
}

describe("measure", () => {
  for (const [megabits, roundTrip] of [
    [0.5, 150],
    [5, 50],
    [100, 10],
    [1_000, 1],
  ] as const) {
    it(`finds ${megabits} Mbit/s and ${roundTrip} ms within 15 s (NET-20)`, async () => {
      const { way, now } = simulated(megabits * 125, roundTrip);
      const shares: number[] = [];
      const signal = new AbortController().signal;
      const found = await measure(way, { signal, progress: (share) => shares.push(share), now });
      expect(found.down_bits / (megabits * 1e6)).toBeCloseTo(1, 2);
      expect(found.up_bits / (megabits * 0.5e6)).toBeCloseTo(1, 2);
      expect(found.round_trip_ms).toBeCloseTo(roundTrip);
      expect(found.path_mtu).toBe(1400);
      expect(found.seconds).toBeLessThan(15);
      expect([...shares].sort((a, b) => a - b)).toEqual(shares);
      expect(shares.at(-1)).toBe(1);
    });
  }

  it("sends a slow line no more than it can bring", async () => {
    const { way, now, sizes } = simulated(0.2 * 125, 100);
    await measure(way, { signal: new AbortController().signal, progress: () => undefined, now });
    expect(sizes).toEqual([65_536]);
  });

  it("is no measurement where the line breaks", async () => {
    const { way, now } = simulated(100, 10);
    const broken: Way = { ...way, up: () => Promise.reject(new Error("cut")) };
    const options = { signal: new AbortController().signal, progress: () => undefined, now };
    await expect(measure(broken, options)).rejects.toThrow("cut");
  });
});

describe("what is made of it", () => {
  it("takes the middle, and what one round trip differs from the next", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 2])).toBe(3);
    expect(jitterOf([10, 12, 10, 14])).toBeCloseTo(8 / 3);
    expect(jitterOf([10])).toBe(0);
  });

  it("knows loss of one connection alone, and of enough segments", () => {
    const before: Counters = { connection: "a", sent: 1_000, sent_again: 10, path_mtu: 1500 };
    expect(lossBetween(before, { ...before, sent: 2_000, sent_again: 40 })).toBeCloseTo(0.03);
    expect(lossBetween(before, { ...before, connection: "b", sent: 2_000 })).toBeNull();
    expect(lossBetween(before, { ...before, sent: 1_050 })).toBeNull();
    expect(lossBetween(null, before)).toBeNull();
    expect(lossBetween(before, null)).toBeNull();
  });
});
