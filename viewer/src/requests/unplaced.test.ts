// @vitest-environment happy-dom
import { renderHook, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type * as Kept from "@/kept/shelf";
import { MadeDrawer, madeKey } from "@/kept/madeDrawer";
import type * as Module from "./unplaced";

const closes = (): boolean => window.dispatchEvent(new Event("beforeunload", { cancelable: true }));

describe("a request that is begun", () => {
  let drawer: MadeDrawer;
  let shelf: Kept.Shelf;
  let page: typeof Module;
  /** A page that is loaded anew, over the same disk. */
  const loaded = async (): Promise<void> => {
    vi.resetModules();
    const kept = await import("@/kept/shelf");
    shelf = new kept.Shelf(drawer);
    vi.doMock("@/kept/shelf", () => ({ ...kept, shelf }));
    page = await import("./unplaced");
  };
  beforeEach(async () => {
    drawer = new MadeDrawer();
    await loaded();
  });
  afterEach(() => {
    page.forget();
    vi.doUnmock("@/kept/shelf");
  });

  const typed = (patientId: string): void => {
    const { draft } = page.begin("kita", "2026-11-30");
    page.write({ draft: { ...draft, patient: { ...draft.patient, patient_id: patientId } } });
  };

  it("is gone on with wherever one comes from", () => {
    const { draft } = page.begin("kita", "2026-11-30");
    page.write({ draft: { ...draft, accession_number: "A-1" } });
    expect(page.begin("minami", "2026-12-01")).toMatchObject({ siteId: "kita", draft: { accession_number: "A-1" } });
  });

  it("holds the page open from the first word on, and no longer than it stands", () => {
    const { draft } = page.begin("", "2026-11-30");
    expect(closes()).toBe(true);
    page.write({ draft: { ...draft } });
    expect(closes()).toBe(true);
    page.write({ draft: { ...draft, accession_number: "A-1" } });
    expect(closes()).toBe(false);
    page.forget();
    expect(closes()).toBe(true);
  });

  it("comes back after the page was loaded again, and is gone when it is placed", async () => {
    await shelf.open(madeKey("sato"));
    const first = renderHook(() => page.useUnplaced());
    await waitFor(async () => {
      typed("K-0001");
      await page.lying();
      expect(drawer.things.size).toBe(1);
    });
    first.unmount();
    await loaded();
    await shelf.open(madeKey("sato"));
    page.begin("minami", "2026-12-01");
    const { result } = renderHook(() => page.useUnplaced());
    await waitFor(() => expect(result.current?.draft.patient.patient_id).toBe("K-0001"));
    expect(result.current?.siteId).toBe("kita");
    page.forget();
    await page.lying();
    expect(drawer.things.size).toBe(0);
  });

  it("is not written over what lies here by words that were typed before the key came", async () => {
    await shelf.open(madeKey("sato"));
    const first = renderHook(() => page.useUnplaced());
    await waitFor(async () => {
      typed("K-0001");
      await page.lying();
      expect(drawer.things.size).toBe(1);
    });
    first.unmount();
    await loaded();
    const { result } = renderHook(() => page.useUnplaced());
    typed("K-0002");
    await shelf.open(madeKey("sato"));
    await page.lying();
    expect(result.current?.draft.patient.patient_id).toBe("K-0002");
    const lies = await shelf.find<Module.Unplaced>("request", "unplaced");
    expect(lies?.value.draft.patient.patient_id).toBe("K-0001");
  });

  it("leaves nothing of a patient in the browser's plain stores", () => {
    typed("K-0001");
    expect(JSON.stringify([localStorage, sessionStorage])).not.toContain("K-0001");
  });

  it("is nothing to write into before it is begun", () => {
    page.write({ siteId: "kita" });
    expect(page.begin("minami", "").siteId).toBe("minami");
  });
});
