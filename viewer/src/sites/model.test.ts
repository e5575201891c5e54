import { describe, expect, it } from "vitest";
import type { ContractVersion, SiteContact } from "@/api/types";
import {
  changedParts,
  dialled,
  draftOfVersion,
  emptyContact,
  emptyContract,
  modalitiesOf,
  ofHours,
  outsideContract,
  termsOf,
} from "./model";

const version: ContractVersion = {
  number: 1,
  valid_from: "2026-04-01",
  valid_until: null,
  modalities: ["MG", "US"],
  kinds: ["screening"],
  turnarounds: [{ priority: "urgent", amount: 4, unit: "hours" }],
  fee: "1件 1,000円",
  responsibility: "",
  insurance: "",
  note: "",
  terminated_on: null,
  at: "2026-04-01T00:00:00Z",
  by: "管理 一郎",
  because: "",
};

describe("a contract that is written", () => {
  it("comes back as it stood", () => {
    const { valid_from, valid_until, modalities, kinds, turnarounds, fee } = version;
    expect(termsOf(draftOfVersion(version))).toMatchObject({
      valid_from,
      valid_until,
      modalities,
      kinds,
      turnarounds,
      fee,
    });
  });

  it("reads modalities and numbers as they are typed in Japan", () => {
    expect(modalitiesOf(" ｍｇ、us・MG/mr ")).toEqual(["MG", "US", "MR"]);
    const typed = {
      ...emptyContract,
      turnarounds: { ...emptyContract.turnarounds, routine: { amount: "３", unit: "working_days" as const } },
    };
    expect(termsOf(typed).turnarounds).toEqual([{ priority: "routine", amount: 3, unit: "working_days" }]);
    expect(termsOf(emptyContract)).toMatchObject({ valid_from: null, modalities: [], turnarounds: [] });
  });

  it("says which parts a version changed", () => {
    expect(changedParts({ ...version, number: 2, fee: "無料", kinds: [] }, version)).toEqual(["kinds", "fee"]);
    expect(changedParts(version, undefined)).toEqual([]);
  });
});

describe("contacts", () => {
  it("stand in the order in which they are called, each under its hours", () => {
    const made = (id: string, position: number, hours: SiteContact["hours"]): SiteContact => ({
      ...emptyContact(hours, position),
      contact_id: id,
      version: 1,
      tested_on: null,
      tested_by: "",
      reached: null,
      test_due: true,
    });
    const all = [made("b", 2, "night"), made("a", 1, "night"), made("c", 0, "holiday")];
    expect(ofHours(all, "night").map((one) => one.contact_id)).toEqual(["a", "b"]);
  });

  it("are dialled without what a person alone can do", () => {
    expect(dialled("011-123-4567 内線 210")).toBe("0111234567");
    expect(dialled("+81 (11) 123-4567")).toBe("+81111234567");
  });
});

describe("an order that a gateway refused", () => {
  it("is told apart where it is outside the contract", () => {
    expect(outsideContract("ORC-1", 207)).toBe("day");
    expect(outsideContract("OBR-24", 103)).toBe("modality");
    expect(outsideContract("ORC-1", 103)).toBeNull();
  });
});
