// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from "vitest";
import { begin, forget, write } from "./unplaced";

const closes = (): boolean => window.dispatchEvent(new Event("beforeunload", { cancelable: true }));

afterEach(forget);

describe("a request that is begun", () => {
  it("is gone on with wherever one comes from", () => {
    const { draft } = begin("kita", "2026-11-30");
    write({ draft: { ...draft, accession_number: "A-1" } });
    expect(begin("minami", "2026-12-01")).toMatchObject({ siteId: "kita", draft: { accession_number: "A-1" } });
  });

  it("holds the page open from the first word on, and no longer than it stands", () => {
    const { draft } = begin("", "2026-11-30");
    expect(closes()).toBe(true);
    write({ draft: { ...draft } });
    expect(closes()).toBe(true);
    write({ draft: { ...draft, accession_number: "A-1" } });
    expect(closes()).toBe(false);
    forget();
    expect(closes()).toBe(true);
  });

  it("leaves nothing of a patient in the browser's stores", () => {
    const { draft } = begin("kita", "2026-11-30");
    write({ draft: { ...draft, patient: { ...draft.patient, patient_id: "K-0001" } } });
    expect(JSON.stringify([localStorage, sessionStorage])).not.toContain("K-0001");
  });

  it("is nothing to write into before it is begun", () => {
    write({ siteId: "kita" });
    expect(begin("minami", "").siteId).toBe("minami");
  });
});
