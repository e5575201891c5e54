import { describe, expect, it } from "vitest";
import { countsOf, fits, monthBack, toneOf } from "./model";

const unread = { state: "unread", overdue: null, important: null } as const;

describe("what became of reports", () => {
  it("is red only where somebody must act now", () => {
    expect(toneOf(unread)).toBe("attention");
    expect(toneOf({ ...unread, overdue: "unread" })).toBe("danger");
    expect(toneOf({ ...unread, state: "read" })).toBe("active");
    expect(toneOf({ ...unread, state: "done" })).toBe("good");
  });

  it("stands under its state, and under what is overdue or important", () => {
    const flagged = { ...unread, overdue: "unread", important: {} } as never;
    expect(["all", "unread", "overdue", "important"].every((filter) => fits(flagged, filter as never))).toBe(true);
    expect(["overdue", "important", "read", "done"].some((filter) => fits(unread, filter as never))).toBe(false);
  });

  it("is counted by the hub as far as the list may leave it out", () => {
    const listed = [unread, { ...unread, overdue: "unread" } as const, { ...unread, state: "done" } as const];
    const counts = countsOf(listed, { unread: 2, read: 40, done: 300 });
    expect(counts).toEqual({ all: 342, unread: 2, read: 40, done: 300, overdue: 1, important: 0 });
    expect(countsOf(listed, {}).all).toBe(3);
  });

  it("goes back over the turn of the year", () => {
    expect(monthBack(new Date(2026, 0, 31), 0)).toBe("2026-01");
    expect(monthBack(new Date(2026, 0, 31), 1)).toBe("2025-12");
    expect(monthBack(new Date(2026, 2, 31), 1)).toBe("2026-02");
  });
});
