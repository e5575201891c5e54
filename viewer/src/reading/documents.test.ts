import { describe, expect, it, vi } from "vitest";
import { madeDocument } from "@/images/madeDocument";
import { Documents } from "./documents";
import type { OpenCase } from "./useCase";

const report = madeDocument();
const pdf = madeDocument({ kind: "PDF", sopInstanceUid: "1.98" });
const other = madeDocument({ kind: "other", sopInstanceUid: "1.97" });
const opened = { current: { study: { series: [{ documents: [report, other] }] } }, priors: [] } as unknown as OpenCase;
const prior = { study: { series: [{ documents: [pdf] }] } } as unknown as OpenCase["current"];

describe("what of a case is no image", () => {
  it("is shown by its kind, until it was opened in vain", () => {
    const documents = new Documents({ ...opened, priors: [prior] }, ({ kind }) => kind !== "other");
    expect(documents.all).toEqual([report, other, pdf]);
    const before = documents.shown();
    expect(documents.all.filter(before)).toEqual([report, pdf]);
    const heard = vi.fn();
    documents.subscribe(heard);
    documents.failed(pdf);
    documents.failed(pdf);
    expect(heard).toHaveBeenCalledOnce();
    expect(documents.shown()).not.toBe(before);
    expect(documents.all.filter(documents.shown())).toEqual([report]);
  });
});
