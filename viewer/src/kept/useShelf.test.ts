// @vitest-environment happy-dom
import { cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi, type MockInstance } from "vitest";
import { ApiProblem, SIGNED_IN } from "@/api/client";
import * as keys from "@/session/keys";
import { madeKey } from "./madeDrawer";
import { shelf } from "./shelf";
import { useShelf } from "./useShelf";

let opened: MockInstance<typeof shelf.open>;

beforeEach(() => {
  vi.useFakeTimers();
  opened = vi.spyOn(shelf, "open").mockResolvedValue();
  vi.spyOn(shelf, "isOpen", "get").mockImplementation(() => opened.mock.calls.length > 0);
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const madeKeys = (): Awaited<ReturnType<typeof keys.browserKeys>> => ({
  images: madeKey("images"),
  drafts: madeKey("drafts"),
});

it("asks again for a key that did not come, though nobody says that the line was gone", async () => {
  const asked = vi.spyOn(keys, "browserKeys").mockRejectedValueOnce(new TypeError("failed to fetch"));
  asked.mockResolvedValue(madeKeys());
  renderHook(() => useShelf());
  await vi.advanceTimersByTimeAsync(100);
  expect(opened).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1000);
  expect(opened).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveBeenCalledTimes(2);
});

it("waits for the person where the session is over", async () => {
  const over = new ApiProblem({ type: "x", title: "x", status: 401 });
  const asked = vi.spyOn(keys, "browserKeys").mockRejectedValueOnce(over);
  asked.mockResolvedValue(madeKeys());
  renderHook(() => useShelf());
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveBeenCalledTimes(1);
  window.dispatchEvent(new CustomEvent(SIGNED_IN));
  await vi.advanceTimersByTimeAsync(0);
  expect(opened).toHaveBeenCalledTimes(1);
});
