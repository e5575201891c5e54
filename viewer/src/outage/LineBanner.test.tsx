// @vitest-environment happy-dom
import { act, cleanup, render } from "@testing-library/react";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { reach } from "@/api/reach";
import { startCatalogues } from "@/i18n";
import { beforeLock } from "@/session/beforeLock";
import { LineBanner } from "./LineBanner";

beforeAll(() => {
  startCatalogues("en");
});

describe("the banner", () => {
  let answers = true;
  let stop: () => void;
  const pass = (milliseconds: number): Promise<unknown> => act(() => vi.advanceTimersByTimeAsync(milliseconds));
  const lose = (): Promise<unknown> => {
    answers = false;
    window.dispatchEvent(new Event("offline"));
    return pass(0);
  };
  beforeEach(() => {
    vi.useFakeTimers();
    answers = true;
    vi.stubGlobal("fetch", () =>
      answers ? Promise.resolve(new Response(null)) : Promise.reject(new TypeError("failed to fetch")),
    );
    stop = reach.watch();
  });
  afterEach(() => {
    cleanup();
    stop();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it("says what works while the line is gone, and, when it is back, that everything was sent, for a while", async () => {
    const { container } = render(<LineBanner />);
    expect(container.textContent).toBe("");
    await lose();
    expect(container.textContent).toContain("No connection to the hub since");
    // Nothing can be kept in this environment: no key was handed out.
    expect(container.textContent).toContain("do not close it");
    answers = true;
    await pass(600);
    expect(container.textContent).toBe("The connection is back. Everything you wrote is at the hub.");
    await pass(5000);
    expect(container.textContent).toBe("");
  });

  it("does not say so where something could not be sent", async () => {
    const withdraw = beforeLock(() => Promise.resolve(false));
    const { container } = render(<LineBanner />);
    await lose();
    answers = true;
    await pass(600);
    expect(container.textContent).toContain("Not everything you wrote is at the hub yet");
    withdraw();
  });

  it("speaks of the line that is gone again, and of nothing that was before", async () => {
    const { container } = render(<LineBanner />);
    await lose();
    answers = true;
    await pass(600);
    await lose();
    await pass(10_000);
    expect(container.textContent).toContain("No connection to the hub since");
  });
});
