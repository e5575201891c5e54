import { describe, expect, it } from "vitest";
import { containerOf } from "./container";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const letters = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0));

function packets(size: number, sync: number): Uint8Array {
  const made = new Uint8Array(size * 3);
  for (let at = sync; at < made.length; at += size) made[at] = 0x47;
  return made;
}

describe("a video's container", () => {
  it.each([
    ["mp4", bytes(0, 0, 0, 32, ...letters("ftypisom"))],
    ["transport", packets(188, 0)],
    ["transport", packets(192, 4)],
    ["program", bytes(0, 0, 1, 0xba, 0x44, 0, 4)],
    ["elementary", bytes(0, 0, 1, 0xb3, 1, 2)],
    ["elementary", bytes(0, 0, 0, 1, 0x67, 0x64)],
    ["unknown", bytes(...letters("RIFF....AVI "))],
    ["unknown", bytes()],
  ])("is told by its first bytes: %s", (container, stream) => {
    expect(containerOf(stream)).toBe(container);
  });
});
