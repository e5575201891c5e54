import { describe, expect, it } from "vitest";
import { knownKind, listed, spelled } from "./model";

describe("words of a rule", () => {
  it("are parted by commas of either width, and come back as they were", () => {
    expect(listed(" 依頼、 問診,Order form，， ")).toEqual(["依頼", "問診", "Order form"]);
    expect(listed(spelled(["依頼", "問診"]))).toEqual(["依頼", "問診"]);
    expect(listed(" ")).toEqual([]);
  });

  it("belong to a kind that is known", () => {
    expect(knownKind("schema")).toBe("schema");
    expect(knownKind("novel")).toBe("other");
  });
});
