// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { LAYOUTS } from "./commands";
import { commandOf, KEYS, leadsBack, movesInDocument, pressesButton } from "./keys";

const press = (code: string, more: Partial<Parameters<typeof commandOf>[0]> = {}): Parameters<typeof commandOf>[0] => ({
  code,
  key: "",
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  isComposing: false,
  keyCode: 0,
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
    expect(commandOf(press("Escape", { keyCode: 229 }))).toBeNull();
    expect(commandOf(press("Enter", { isComposing: true }))).toBeNull();
    expect(commandOf(press("KeyT", { ctrlKey: true }))).toBeNull();
    expect(commandOf(press("KeyR", { metaKey: true }))).toBeNull();
  });

  it("open the sheet by ? wherever it is on the keyboard", () => {
    expect(commandOf(press("Minus", { key: "?", shiftKey: true }))).toBe("help");
  });

  it("of what the left hand does lie on the left half", () => {
    const right = /^Key[YUIOPHJKLNM]$/;
    const found = KEYS.filter(({ code }) => right.test(code));
    // Leaving a case is deliberate: both hands, and the letters that readers know from elsewhere.
    expect(found.map(({ command, shift }) => [command, shift])).toEqual([
      ["nextCase", true],
      ["previousCase", true],
    ]);
  });

  it("have a digit for each layout, in the menu's order", () => {
    const codes = LAYOUTS.map(([command]) => KEYS.find((one) => one.command === command)?.code);
    expect(codes).toEqual(LAYOUTS.map((_, index) => `Digit${index + 1}`));
  });

  it("lead from the report back to the images, and from nothing that opens over it", () => {
    document.body.innerHTML = `<section data-report-panel><textarea></textarea></section>
      <div role="dialog"><section data-report-panel><input></section></div><input id="search">`;
    const [text, inDialog, search] = ["textarea", "[role=dialog] input", "#search"].map((where) =>
      document.querySelector(where),
    );
    expect(leadsBack(commandOf(press("Escape")), text ?? null)).toBe(true);
    expect(leadsBack(commandOf(press("Escape", { isComposing: true })), text ?? null)).toBe(false);
    expect(leadsBack(commandOf(press("KeyF")), text ?? null)).toBe(false);
    expect(leadsBack("images", inDialog ?? null)).toBe(false);
    expect(leadsBack("images", search ?? null)).toBe(false);
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
