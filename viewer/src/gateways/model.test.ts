import { describe, expect, it } from "vitest";
import type { Gateway, GatewayStudy } from "@/api/types";
import {
  byNeed,
  certificateState,
  gatewaysByNeed,
  recorded,
  REFUSAL_CODES,
  refusalKey,
  shortUid,
  stationStates,
} from "./model";

const states = (state: GatewayStudy["state"], percent = 0): string =>
  Object.values(stationStates({ state, percent })).join(" ");

describe("a study's way", () => {
  it("shows what is passed, where it is and what is ahead", () => {
    expect(states("received")).toBe("here ahead ahead ahead");
    expect(states("proved")).toBe("passed here ahead ahead");
    expect(states("forwarding", 61)).toBe("passed passed now ahead");
    expect(states("at-hub", 100)).toBe("passed passed passed here");
  });

  it("is not at the hub once the hub has removed it", () => {
    expect(states("removed", 100)).toBe("passed passed passed ahead");
  });

  it("is stuck at the station that it has not passed", () => {
    expect(states("problem")).toBe("passed stuck ahead ahead");
    expect(states("problem", 40)).toBe("passed passed stuck ahead");
  });

  it("comes first in the list where it is stuck, and last where it has arrived", () => {
    const study = (state: GatewayStudy["state"]): GatewayStudy => ({
      study_instance_uid: state,
      state,
      percent: 0,
      instances: 1,
      bytes: 1,
      error: null,
      remedy: "",
      warned_instances: 0,
      warnings: [],
      removed: 0,
      left_bytes: 0,
      done_at: "",
    });
    const order = byNeed([study("at-hub"), study("received"), study("problem"), study("forwarding")]);
    expect(order.map(({ state }) => state)).toEqual(["problem", "forwarding", "received", "at-hub"]);
  });
});

describe("gateways", () => {
  const gateway = (gateway_id: string, changed: Partial<Gateway>): Gateway => ({
    gateway_id,
    site_id: "kita",
    site_name: "北",
    name: gateway_id,
    version: "0.1.0",
    protocol: 1,
    last_seen_at: null,
    online: true,
    studies: [],
    quarantine: 0,
    refusals: [],
    free_bytes: 0,
    clock_ahead_ms: null,
    clock_off: false,
    clock_state: "synchronised",
    prior_rules: null,
    sending: null,
    enrolled_at: "",
    revoked_at: null,
    certificate_not_after: "",
    identity_mode: "true",
    unread_orders: 0,
    order_refusals: [],
    health: null,
    ...changed,
  });

  it("that need somebody come first; a revoked one needs nobody", () => {
    const all = [
      gateway("revoked", { online: false, revoked_at: "2026-01-01T00:00:00Z" }),
      gateway("well", {}),
      gateway("quarantine", { quarantine: 2 }),
      gateway("offline", { online: false }),
    ];
    const order = gatewaysByNeed(all).map(({ gateway_id: id }) => id);
    expect(order).toEqual(["offline", "quarantine", "revoked", "well"]);
  });

  it("say when their certificate ends", () => {
    const now = Date.parse("2026-11-23T00:00:00Z");
    expect(certificateState("2027-11-23T00:00:00Z", now)).toBe("valid");
    expect(certificateState("2026-12-01T00:00:00Z", now)).toBe("ends-soon");
    expect(certificateState("2026-11-22T00:00:00Z", now)).toBe("ended");
  });
});

describe("a long UID", () => {
  it("is told by its end", () => {
    expect(shortUid("1.2.3")).toBe("1.2.3");
    expect(shortUid(`1.2.${"3".repeat(50)}.7`, 10)).toBe("…3333333.7");
  });
});

describe("a refusal", () => {
  it("has words of its own for every code that gateways know, and others for a code of next year", () => {
    expect(REFUSAL_CODES.map(refusalKey)).toEqual(REFUSAL_CODES);
    expect(refusalKey("refused-object")).toBe("other");
  });

  it("keeps what was recorded, and what was advised", () => {
    expect(recorded("cut off", "")).toBe("cut off");
    expect(recorded("a DICOMDIR", "import its folder")).toBe("a DICOMDIR → import its folder");
  });
});
