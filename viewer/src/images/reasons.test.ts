import { describe, expect, it } from "vitest";
import { catalogues } from "@/i18n";
import keptReasons from "./keptReasons.json";
import warnings from "./warnings.json";
import { failureReason, keptReason, warning } from "./reasons";

const filled = (words: string): string => words.replaceAll(/\{\w+\}/g, "7");

describe("a recorded reason", () => {
  it("has a key of its own for every reason that is written at intake", () => {
    for (const [key, words] of keptReasons) expect([words, keptReason(filled(words ?? "")).key]).toEqual([words, key]);
  });

  it("has words in both languages, which ask for no value that the reason does not have", () => {
    for (const [key = "", words = ""] of keptReasons) {
      const values = Object.keys(keptReason(filled(words)).values);
      for (const language of ["ja", "en"] as const) {
        const text = (catalogues[language].reading.keptBecause as Record<string, string>)[key] ?? "";
        expect(text).not.toBe("");
        for (const [, name] of text.matchAll(/\{\{(\w+)\}\}/g)) expect(values).toContain(name);
      }
    }
  });

  it("keeps what it names", () => {
    expect(keptReason("its frame is 4 x 5 x 1 and its header says otherwise").key).toBe("otherSize");
    expect(keptReason("2 samples of RGB").values).toEqual({ samples: "2", photometric: "RGB" });
    const came = "came as JPEG 2000, which may be lossy, and its header does not say that it is not";
    expect(keptReason(came)).toEqual({ key: "mayBeLossy", values: { syntax: "JPEG 2000" }, raw: came });
  });

  it("is not guessed at where its words are unknown", () => {
    expect(keptReason("a reason of next year")).toEqual({ key: "other", values: {}, raw: "a reason of next year" });
  });
});

describe("a warning", () => {
  it("has a key and words in both languages for every sentence of the gateway", () => {
    for (const [key = "", raw = ""] of warnings) {
      expect(warning(raw)).toEqual({ key, values: {}, raw });
      for (const language of ["ja", "en"] as const) {
        const words = catalogues[language].gateways.warning as Record<string, string>;
        expect(words[key] ?? "").not.toBe("");
      }
    }
  });

  it("is not guessed at where its words are unknown", () => {
    expect(warning("a warning of next year").key).toBe("other");
    expect(warning("Patient ID is empty, and more").key).toBe("other");
  });
});

describe("a failure's cause", () => {
  it("is told apart by the hub's answer", () => {
    expect(["HTTP 403", "HTTP 404", "HTTP 406", "HTTP 451"].map((raw) => failureReason(raw).key)).toEqual([
      "noRight",
      "gone",
      "notDecodable",
      "status",
    ]);
  });

  it("is told apart by what the decoder found", () => {
    expect(failureReason("decoded 4×5, header says 5×5")).toMatchObject({
      key: "size",
      values: { found: "4×5", declared: "5×5" },
    });
    expect(failureReason("codec exception 5242880").key).toBe("decoder");
    expect(failureReason("memory access out of bounds").key).toBe("other");
  });
});
