import { describe, expect, it } from "vitest";
import { pemOf } from "./model";

describe("a certificate's file", () => {
  it("is passed on where it is PEM already", () => {
    const text = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    expect(pemOf(new TextEncoder().encode(text))).toBe(text);
  });

  it("is written as PEM where it is DER", () => {
    const bytes = Uint8Array.from({ length: 60 }, (_, at) => at + 200);
    const [head, first, second, tail] = pemOf(bytes).split("\n");
    expect([head, tail]).toEqual(["-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"]);
    expect(first).toHaveLength(64);
    expect(atob(`${first ?? ""}${second ?? ""}`)).toBe(String.fromCodePoint(...bytes));
  });
});
