import { describe, expect, it } from "vitest";
import { arrivedBack, isPromised, isRefused, originals, renewed } from "./model";

const AT = "2026-11-23T09:05:00Z";
const made = (
  delivered_at: string | null,
  places: Record<string, string> = {},
  stamps = 0,
): Parameters<typeof isRefused>[0] => ({ kind: "pdf", delivered_at, error: "", stamps, places });
const arrived = (...back: readonly Parameters<typeof isRefused>[0][]): string | null =>
  arrivedBack({ back } as unknown as Parameters<typeof arrivedBack>[0]);

describe("a report on its way into the hospital", () => {
  it("is refused where one place did not take it, or does not keep it", () => {
    expect(isRefused(made(null, { pacs: "accepted", his: "stored" }))).toBe(false);
    expect(isRefused(made(null, { pacs: "committed", folder: "refused" }))).toBe(true);
    expect(isRefused(made(null, { pacs: "not-committed" }))).toBe(true);
    expect(isRefused({ ...made(null), error: "not fetched" })).toBe(true);
  });

  it("is promised once everything that is missing was taken", () => {
    expect(isPromised([made(AT, { pacs: "committed" }), made(null, { pacs: "accepted" })])).toBe(true);
    expect(isPromised([made(null, { pacs: "accepted" }), made(null)])).toBe(false);
    expect(isPromised([made(AT, { pacs: "committed" })])).toBe(false);
  });

  it("has arrived without the copies whose time stamp was renewed since", () => {
    const back = [made(AT), made(null, {}, 1)];
    expect(arrived(...back)).toBe(AT);
    expect(arrived(made(null), made(AT, {}, 1))).toBeNull();
    expect([originals(back).length, renewed(back).length]).toEqual([1, 1]);
  });
});
