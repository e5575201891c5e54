import { beforeEach, describe, expect, it } from "vitest";
import { forgetKeys, isReportKey, keepKey, KEPT_FOR, takeKeys } from "./earlyKeys";

const press = { code: "KeyN", altKey: true, ctrlKey: false, metaKey: false, shiftKey: false, repeat: false };

describe("keys that are pressed before the form is there", () => {
  const taken: string[] = [];
  const take = (code: string): boolean => taken.push(code) > 0;
  beforeEach(() => {
    forgetKeys();
    taken.length = 0;
  });

  it("reach it in their order", () => {
    for (const code of ["KeyN", "Digit3", "Enter"]) expect(keepKey("a", code, 0)).toBe(true);
    const stop = takeKeys("a", take, 100);
    expect(taken).toEqual(["KeyN", "Digit3", "Enter"]);
    stop();
    takeKeys("a", take, 200)();
    expect(taken).toHaveLength(3);
  });

  it("are no other case's", () => {
    keepKey("a", "Enter", 0);
    takeKeys("b", take, 1)();
    takeKeys("a", take, 2)();
    expect(taken).toEqual([]);
  });

  it("grow old", () => {
    keepKey("a", "Enter", 0);
    takeKeys("a", take, KEPT_FOR)();
    expect(taken).toEqual([]);
  });

  it("are not kept where the form hears them itself", () => {
    const stop = takeKeys("a", take);
    expect(keepKey("a", "KeyN")).toBe(false);
    stop();
    expect(keepKey("a", "KeyN")).toBe(true);
  });
});

describe("a report's key", () => {
  it("is Alt and a physical key, once", () => {
    expect(isReportKey(press)).toBe(true);
    expect(isReportKey({ ...press, code: "Digit3" })).toBe(true);
    for (const other of [{ altKey: false }, { ctrlKey: true }, { shiftKey: true }, { repeat: true }, { code: "Tab" }]) {
      expect(isReportKey({ ...press, ...other })).toBe(false);
    }
  });
});
