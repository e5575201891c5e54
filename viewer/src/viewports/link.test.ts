import { describe, expect, it } from "vitest";
import type { Vector3 } from "@/images/frame";
import { madeStack, placeless } from "@/images/madeStacks";
import { Registrations } from "@/images/registration";
import { cross } from "@/images/vector";
import { linkOf, type Held, type Link } from "./link";

const NONE = new Registrations();
const TILTED = Math.SQRT1_2;

function link(
  ...[from, to, held = null, registrations = NONE]: [
    Parameters<typeof linkOf>[0],
    Parameters<typeof linkOf>[1],
    (Held | null)?,
    Registrations?,
  ]
): Link {
  const found = linkOf(from, to, registrations, held);
  if (found === null) throw new Error("not linked");
  return found;
}

describe("stacks of one frame of reference", () => {
  it("follow by place, whatever their spacing", () => {
    const dynamic = madeStack({ count: 250, step: 0.8 });
    const thick = madeStack({ count: 50, step: 4, origin: [0, 0, 2] });
    const { kind, follow } = link(dynamic, thick);
    expect(kind).toBe("place");
    // 100 × 0.8 mm = 80 mm; 2 + 4 n is nearest at n = 19 (78) and 20 (82): it stays at the one of them where it is.
    expect(follow(100, 20)).toEqual({ index: 20, beyond: 0 });
    expect(follow(100, 19)).toEqual({ index: 19, beyond: 0 });
    expect(follow(101, 19)).toEqual({ index: 20, beyond: 0 });
    // 2 + 4 × 10 = 42 mm; 0.8 × 52 = 41.6, 0.8 × 53 = 42.4.
    expect([52, 53]).toContain(link(thick, dynamic).follow(10, 0).index);
    expect(link(thick, dynamic).follow(12, 0).index).toBe(62);
  });

  it("follow the other way round where the other stack is numbered from its other end", () => {
    const upwards = madeStack({ count: 100, step: 1 });
    const downwards = madeStack({ count: 100, step: -1, origin: [0, 0, 99] });
    expect(link(upwards, downwards).follow(10, 0).index).toBe(89);
    expect(link(upwards, downwards).follow(11, 89).index).toBe(88);
    // The same planes seen from below: rows run the other way, and so does the normal.
    const below = madeStack({ count: 100, step: -1, row: [-1, 0, 0], origin: [99, 0, 0] });
    expect(link(upwards, below).follow(10, 0)).toEqual({ index: 10, beyond: 0 });
  });

  it("follow along oblique planes by the distance between planes, not by a coordinate", () => {
    const row: Vector3 = [1, 0, 0];
    const column: Vector3 = [0, TILTED, TILTED];
    const normal = cross(row, column);
    const oblique = madeStack({ count: 60, step: 2, row, column });
    // The same planes, shifted within themselves and begun 20 mm on, 1 mm apart.
    const shifted = [15, 0, 0].map((value, axis) => value + 20 * (normal[axis] ?? 0) + 30 * (column[axis] ?? 0));
    const finer = madeStack({ count: 80, step: 1, row, column, origin: shifted as unknown as Vector3 });
    expect(link(oblique, finer).follow(10, 0)).toEqual({ index: 0, beyond: 0 });
    expect(link(oblique, finer).follow(25, 0)).toEqual({ index: 30, beyond: 0 });
  });

  it("meet in the middle of the image where planes are tilted a little, and not at all where they cross", () => {
    const axial = madeStack({ count: 100, step: 1 });
    const [c, s] = [Math.cos(Math.PI / 18), Math.sin(Math.PI / 18)];
    // Turned by 10° about the axis through the middles of all axial images.
    const turned = madeStack({ count: 100, step: 1, row: [c, 0, -s], origin: [49.5 - 49.5 * c, 0, 49.5 * s] });
    expect(link(axial, turned).follow(0, 5).index).toBe(0);
    expect(link(axial, turned).follow(60, 0).index).toBe(Math.round(60 * c));
    const sagittal = madeStack({ count: 100, step: 1, row: [0, 1, 0], column: [0, 0, -1] });
    expect(linkOf(axial, sagittal, NONE, null)).toBeNull();
    expect(linkOf(axial, sagittal, NONE, { from: 0, to: 0 })).toBeNull();
  });

  it("say how far a place lies beyond their last image", () => {
    const whole = madeStack({ count: 100, step: 2 });
    const part = madeStack({ count: 10, step: 2, origin: [0, 0, 100] });
    expect(link(whole, part).follow(20, 3)).toEqual({ index: 0, beyond: 60 });
    expect(link(whole, part).follow(54, 0)).toEqual({ index: 4, beyond: 0 });
    expect(link(whole, part).follow(99, 0)).toEqual({ index: 9, beyond: 80 });
  });

  it("that show one place over time stay at their time", () => {
    const stack = madeStack({ count: 100, step: 1 });
    const cine = madeStack({ count: 30, step: 0, origin: [0, 0, 40] });
    expect(link(stack, cine).follow(40, 17)).toEqual({ index: 17, beyond: 0 });
    expect(link(cine, stack).follow(5, 0).index).toBe(40);
  });
});

describe("stacks of two frames of reference", () => {
  const current = madeStack({ count: 100, step: 1, frameOfReferenceUid: "1.8" });
  const prior = madeStack({ count: 50, step: 2, origin: [0, 0, -30], frameOfReferenceUid: "1.9" });

  it("are not linked by themselves, and not by an empty name", () => {
    expect(linkOf(current, prior, NONE, null)).toBeNull();
    const [a, b] = [0, 1].map(() => madeStack({ count: 9, step: 1, frameOfReferenceUid: "" }));
    expect(a && b && linkOf(a, b, NONE, null)).toBeNull();
  });

  it("follow in millimetres from where the reader laid them beside each other", () => {
    const { kind, follow } = link(current, prior, { from: 40, to: 10 });
    expect(kind).toBe("offset");
    expect(follow(40, 0).index).toBe(10);
    expect(follow(60, 0).index).toBe(20);
    expect(follow(20, 0).index).toBe(0);
    expect(follow(10, 0)).toEqual({ index: 0, beyond: 10 });
    expect(follow(60, 20)).toEqual({ index: 20, beyond: 0 });
    expect(link(prior, current, { from: 10, to: 40 }).follow(15, 0).index).toBe(50);
  });

  it("follow through a registration that turns and moves them", () => {
    // The prior lay turned by 90° about z and 30 mm lower, with its rows along −y.
    const registrations = new Registrations();
    registrations.add("1.9", "1.8", [0, -1, 0, 5, 1, 0, 0, -7, 0, 0, 1, 30, 0, 0, 0, 1]);
    const turned = madeStack({
      count: 50,
      step: 2,
      origin: [0, 0, -30],
      row: [0, -1, 0],
      column: [1, 0, 0],
      frameOfReferenceUid: "1.9",
    });
    const { kind, follow } = link(turned, current, null, registrations);
    expect(kind).toBe("registered");
    expect(follow(0, 50)).toEqual({ index: 0, beyond: 0 });
    expect(follow(20, 0)).toEqual({ index: 40, beyond: 0 });
    expect(link(current, turned, null, registrations).follow(40, 0)).toEqual({ index: 20, beyond: 0 });
  });

  it("are linked by registration only where it leaves their planes parallel", () => {
    const registrations = new Registrations();
    registrations.add("1.9", "1.8", [1, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
    expect(linkOf(prior, current, registrations, null)).toBeNull();
  });
});

describe("stacks without places", () => {
  it("follow by number from where they stood, and find back after their end", () => {
    const [a, b] = [placeless(20), placeless(8)];
    expect(linkOf(a, b, NONE, null)).toBeNull();
    const { kind, follow } = link(a, b, { from: 5, to: 3 });
    expect(kind).toBe("number");
    expect([4, 5, 9, 12, 6].map((index) => follow(index, 0))).toEqual([
      { index: 2, beyond: 0 },
      { index: 3, beyond: 0 },
      { index: 7, beyond: 0 },
      { index: 7, beyond: 3 },
      { index: 4, beyond: 0 },
    ]);
    expect(link(madeStack({ count: 9, step: 1 }), b, { from: 0, to: 0 }).kind).toBe("number");
  });

  it("of one image have nothing to follow with", () => {
    expect(linkOf(placeless(5), placeless(1), NONE, { from: 0, to: 0 })).toBeNull();
    expect(linkOf(madeStack({ count: 1, step: 1 }), madeStack({ count: 5, step: 1 }), NONE, null)).toBeNull();
  });

  it("are those whose planes lie this way and that", () => {
    const [one, two] = [
      madeStack({ count: 3, step: 1 }),
      madeStack({ count: 3, step: 1, row: [0, 1, 0], column: [0, 0, -1] }),
    ];
    const scout = { ...one, frames: [...one.frames, ...two.frames] };
    expect(linkOf(scout, one, NONE, null)).toBeNull();
  });
});
