// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { commandOf, KEYS, movesInDocument, pressesButton } from "./keys";

const press = (code: string, more: Partial<Parameters<typeof commandOf>[0]> = {}): Parameters<typeof commandOf>[0] => ({
  code,
  key: "",
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  isComposing: false,
  ...more,
});

describe("the keys", () => {
  it("mean one thing each", () => {
    const places = KEYS.map(({ code, shift }) => `${code} ${shift}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it("are places, not letters: the same on any layout", () => {
    expect(commandOf(press("KeyW", { key: "z" }))).toBe("toolWindow");
    expect(commandOf(press("KeyA", { key: "ち" }))).toBe("toolLength");
    expect(commandOf(press("KeyA", { shiftKey: true }))).toBe("toolAngle");
  });

  it("are silent while an input method composes, and leave the browser its own", () => {
    expect(commandOf(press("KeyW", { isComposing: true }))).toBeNull();
    expect(commandOf(press("KeyW", { key: "Process" }))).toBeNull();
    expect(commandOf(press("KeyT", { ctrlKey: true }))).toBeNull();
    expect(commandOf(press("KeyR", { metaKey: true }))).toBeNull();
  });

  it("open the sheet by ? wherever it is on the keyboard", () => {
    expect(commandOf(press("Minus", { key: "?", shiftKey: true }))).toBe("help");
  });

  it("of what the left hand does lie on the left half", () => {
    const right = /^Key[YUIOPHJKLNM]$/;
    expect(KEYS.filter(({ code }) => right.test(code))).toEqual([]);
  });

  it("leave a button that has the focus to itself: Tab goes on from it, Space and Enter press it", () => {
    const target = document.createElement("button");
    expect(["Tab", "Space", "Enter"].every((code) => pressesButton(code, target))).toBe(true);
    expect(pressesButton("KeyF", target)).toBe(false);
    expect(pressesButton("Space", null)).toBe(false);
  });

  it("that move through a document are its own while it has the focus, and no others", () => {
    const panel = document.createElement("aside");
    panel.setAttribute("data-document", "SR");
    const inside = panel.appendChild(document.createElement("div"));
    expect(["ArrowDown", "PageUp", "Tab", "Space"].every((code) => movesInDocument(code, inside))).toBe(true);
    expect(["KeyF", "Escape"].some((code) => movesInDocument(code, inside))).toBe(false);
    expect(movesInDocument("ArrowDown", document.body)).toBe(false);
  });
});
