import { composes } from "@/ui/composing";

/** The keys of the reading room: physical places on the left half of the keyboard, the right hand stays on the mouse. */

export type Command =
  | "nextStep"
  | "previousStep"
  | "nextImage"
  | "previousImage"
  | "tenForward"
  | "tenBack"
  | "firstImage"
  | "lastImage"
  | "nextViewport"
  | "previousViewport"
  | "enlarge"
  | "cine"
  | "linkScroll"
  | "linkWindow"
  | "linkZoom"
  | "toolWindow"
  | "toolPan"
  | "toolZoom"
  | "toolScroll"
  | "toolLength"
  | "toolAngle"
  | "toolEllipse"
  | "deleteMeasurement"
  | "preset1"
  | "preset2"
  | "preset3"
  | "preset4"
  | "preset5"
  | "layout1"
  | "layout2"
  | "layout3"
  | "layout4"
  | "layout5"
  | "layout6"
  | "layout7"
  | "invert"
  | "flip"
  | "rotate"
  | "fit"
  | "zoomIn"
  | "zoomOut"
  | "actualPixels"
  | "reset"
  | "nextSeries"
  | "previousSeries"
  | "ledger"
  | "pedigree"
  | "hideText"
  | "hideStrips"
  | "nextDocument"
  | "report"
  | "request"
  | "write"
  | "messages"
  | "images"
  | "nextCase"
  | "previousCase"
  | "worklist"
  | "help";

export type KeyGroup = "move" | "tools" | "picture" | "layout" | "room";

export interface KeyBinding {
  /** KeyboardEvent.code: where the key is, whatever is printed on it. */
  readonly code: string;
  readonly shift: boolean;
  readonly command: Command;
  readonly group: KeyGroup;
}

const key = (code: string, command: Command, group: KeyGroup, shift = false): KeyBinding => ({
  code,
  shift,
  command,
  group,
});

export const KEYS: readonly KeyBinding[] = [
  key("Space", "nextStep", "move"),
  key("Space", "previousStep", "move", true),
  key("ArrowDown", "nextImage", "move"),
  key("ArrowUp", "previousImage", "move"),
  key("KeyF", "nextImage", "move"),
  key("KeyD", "previousImage", "move"),
  key("PageDown", "tenForward", "move"),
  key("PageUp", "tenBack", "move"),
  key("Home", "firstImage", "move"),
  key("End", "lastImage", "move"),
  key("Tab", "nextViewport", "move"),
  key("Tab", "previousViewport", "move", true),
  key("Period", "nextSeries", "move"),
  key("Comma", "previousSeries", "move"),
  key("KeyG", "enlarge", "move"),
  key("KeyC", "cine", "move"),
  key("KeyC", "linkScroll", "move", true),
  key("KeyW", "toolWindow", "tools"),
  key("KeyE", "toolPan", "tools"),
  key("KeyE", "toolZoom", "tools", true),
  key("KeyF", "toolScroll", "tools", true),
  key("KeyA", "toolLength", "tools"),
  key("KeyA", "toolAngle", "tools", true),
  key("KeyS", "toolEllipse", "tools"),
  key("Delete", "deleteMeasurement", "tools"),
  key("Digit1", "preset1", "picture"),
  key("Digit2", "preset2", "picture"),
  key("Digit3", "preset3", "picture"),
  key("Digit4", "preset4", "picture"),
  key("Digit5", "preset5", "picture"),
  key("Digit1", "layout1", "layout", true),
  key("Digit2", "layout2", "layout", true),
  key("Digit3", "layout3", "layout", true),
  key("Digit4", "layout4", "layout", true),
  key("Digit5", "layout5", "layout", true),
  key("Digit6", "layout6", "layout", true),
  key("Digit7", "layout7", "layout", true),
  key("KeyX", "invert", "picture"),
  key("KeyV", "flip", "picture"),
  key("KeyV", "linkWindow", "picture", true),
  key("KeyB", "rotate", "picture"),
  key("KeyB", "linkZoom", "picture", true),
  key("KeyZ", "fit", "picture"),
  key("KeyZ", "actualPixels", "picture", true),
  key("Equal", "zoomIn", "picture"),
  key("Minus", "zoomOut", "picture"),
  key("KeyQ", "reset", "picture"),
  key("KeyT", "hideText", "room"),
  key("KeyT", "hideStrips", "room", true),
  key("KeyD", "nextDocument", "room", true),
  key("KeyR", "ledger", "room", true),
  key("KeyS", "pedigree", "room", true),
  key("KeyR", "report", "room"),
  key("KeyQ", "request", "room", true),
  key("KeyW", "messages", "room", true),
  key("Enter", "write", "room"),
  key("Escape", "images", "room"),
  key("KeyN", "nextCase", "room", true),
  key("KeyP", "previousCase", "room", true),
  key("Escape", "worklist", "room", true),
  key("Slash", "help", "room", true),
];

/** What is printed on the key, for the sheet. */
export function keyName({ code, shift }: KeyBinding): string {
  if (code === "Slash" && shift) return "?";
  const plain: Readonly<Record<string, string>> = {
    ArrowUp: "↑",
    ArrowDown: "↓",
    Escape: "Esc",
    PageUp: "PgUp",
    PageDown: "PgDn",
    Period: ".",
    Comma: ",",
    Equal: "+",
    Minus: "−",
  };
  const name = plain[code] ?? code.replace(/^(Key|Digit)/, "");
  return shift ? `⇧ ${name}` : name;
}

interface KeyPress {
  readonly code: string;
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly isComposing: boolean;
  readonly keyCode: number;
}

/** Silent while an input method composes, and with Ctrl, Alt or Meta, which belong to the browser. */
export function commandOf(press: KeyPress): Command | null {
  if (composes(press) || press.ctrlKey || press.altKey || press.metaKey) return null;
  if (press.key === "?") return "help";
  return KEYS.find((one) => one.code === press.code && one.shift === press.shiftKey)?.command ?? null;
}

/** What a button that has the focus does with them itself: they go on, or press it. */
const OF_BUTTONS = new Set(["Tab", "Space", "Enter"]);

export const pressesButton = (code: string, target: EventTarget | null): boolean =>
  OF_BUTTONS.has(code) && target instanceof Element && target.closest("button, a[href]") !== null;

/** What moves through a document that has the focus, and from link to link in it. */
const OF_DOCUMENTS = new Set([
  "ArrowUp",
  "ArrowDown",
  "ArrowLeft",
  "ArrowRight",
  "PageUp",
  "PageDown",
  "Home",
  "End",
  "Space",
  "Tab",
  "Enter",
]);

export const movesInDocument = (code: string, target: EventTarget | null): boolean =>
  OF_DOCUMENTS.has(code) && target instanceof Element && target.closest("[data-document]") !== null;

/** Whether keys belong to what has the focus: text is being typed, or a dialog is open. */
export function typesText(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return (
    target.closest(
      "input, textarea, select, [contenteditable='true'], [role='dialog'], [role='menu'], [role='listbox']",
    ) !== null
  );
}

/** Whether a key is for the room although something else has the focus: the one that leads from the report back. */
export const leadsBack = (command: Command | null, target: EventTarget | null): boolean =>
  command === "images" &&
  target instanceof Element &&
  target.closest("[data-report-panel], [data-messages-panel]") !== null &&
  target.closest("[role='dialog'], [role='menu'], [role='listbox']") === null;
