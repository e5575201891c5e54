// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import type { JSX, ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Report } from "@/api/types";
import { shelf } from "@/kept/shelf";
import { saveAll } from "@/session/beforeLock";
import { EMPTY_DRAFT } from "./model";
import { useDraft } from "./useDraft";
import { useLeftOver, useTyped } from "./useTyped";

const CASE = "case-1";

describe("what is kept here of a report", () => {
  let client: QueryClient;
  const wrapper = ({ children }: { readonly children: ReactNode }): JSX.Element => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  beforeEach(() => {
    client = new QueryClient();
    vi.spyOn(shelf, "ready").mockResolvedValue();
  });
  afterEach(() => {
    cleanup();
    vi.restoreAllMocks();
  });

  it("is looked for anew when its writer may write no more, whatever the editor began with", async () => {
    const find = vi.spyOn(shelf, "find").mockResolvedValue(null);
    const editor = renderHook(() => useTyped(CASE), { wrapper });
    await waitFor(() => expect(editor.result.current).toEqual({ found: null }));
    const typed = { draft: { ...EMPTY_DRAFT, findings: "残った" }, version: 3, offered: [], spoken: false };
    find.mockResolvedValue({ value: typed, at: 1 });
    const { result } = renderHook(() => useLeftOver(CASE), { wrapper });
    await waitFor(() => expect(result.current?.value).toEqual(typed));
  });

  it("does not keep words from the hub where the disk hangs", async () => {
    const hangs = new Promise<never>(() => undefined);
    vi.spyOn(shelf, "keep").mockReturnValue(hangs);
    vi.spyOn(shelf, "remove").mockReturnValue(hangs);
    const asked = vi.fn<typeof fetch>(() => Promise.reject(new TypeError("failed to fetch")));
    vi.stubGlobal("fetch", asked);
    const report = { ...EMPTY_DRAFT, version: 3, images_read: [] } as unknown as Report;
    const beginning = { report, typed: null };
    const seen = { imagesRead: () => [], priorsShown: () => [] };
    const { result } = renderHook(() => useDraft(CASE, beginning, seen), { wrapper });
    act(() => result.current.saver.edit({ findings: "今" }));
    await act(() => saveAll(100));
    expect(asked.mock.calls.some(([, init]) => init?.method === "PUT")).toBe(true);
  });
});
