/** Puts text at the cursor as typing does: it can be undone, and whoever listens to the field hears of it. */
export function typeInto(area: HTMLTextAreaElement, text: string): void {
  // The only way that a browser offers to write into its history of what can be undone.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  if (document.activeElement === area && document.execCommand("insertText", false, text)) return;
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText", data: text }));
}
