import { describe, expect, it } from "vitest";
import { factsOf } from "./facts";
import { madeRequest } from "./madeRequests";

const { clinical } = madeRequest("1");

describe("what a request says", () => {
  it("takes no room where nothing was said", () => {
    expect(factsOf(clinical)).toEqual([]);
    expect(factsOf({ ...clinical, history: "  " })).toEqual([]);
  });

  it("comes in the order in which a breast reader asks for it", () => {
    const said = {
      ...clinical,
      implants: "none" as const,
      gene_note: "検査中",
      surgeries: [{ side: "L" as const, kind: "針生検", year: null, note: "" }],
      history: "高血圧",
    };
    expect(factsOf(said)).toEqual(["history", "surgeries", "gene", "implants"]);
  });
});
