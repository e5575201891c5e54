import { describe, expect, it } from "vitest";
import { reasonOf } from "./reasons";

describe("the hub's reasons", () => {
  it("are said in the language of the page, with what they are about", () => {
    expect(reasonOf("1 bit")).toEqual({ key: "oneBit", what: "" });
    expect(reasonOf("32 bits allocated")).toEqual({ key: "bits", what: "32" });
    expect(reasonOf("the frames cannot be decoded here: it is no JPEG stream")).toEqual({
      key: "notCoded",
      what: "JPEG",
    });
    expect(reasonOf("its frame is 1024 x 512 x 1 and its header says otherwise")).toEqual({
      key: "otherSize",
      what: "1024 x 512 x 1",
    });
    expect(reasonOf("its JPEG header is cut off").key).toBe("cutOff");
  });

  it("stand in its own words where the page has none", () => {
    expect(reasonOf("the moon is full")).toEqual({ key: "other", what: "the moon is full" });
  });
});
