/** Tells the hub which series were on the screen, and how far (LOG-11): now and then, and whenever the room is left. */

import { useEffect } from "react";
import { call } from "@/api/client";
import { beforeLock } from "@/session/beforeLock";
import type { Seen } from "./seen";

const EVERY = 120_000;

/** Each study's counts that the hub has not been told yet. */
export class Teller {
  readonly #seen: Seen;
  readonly #told = new Map<string, string>();
  constructor(seen: Seen) {
    this.#seen = seen;
  }

  /** What is told counts as told once the hub has answered; what fails is told again with the next. */
  async tell(siteId: string, { leaving = false } = {}): Promise<void> {
    const news = [...this.#seen.frames()].map(([study, frames]) => [study, Object.fromEntries(frames)] as const);
    const changed = news.filter(([study, series]) => this.#told.get(study) !== JSON.stringify(series));
    await Promise.all(
      changed.map(async ([study, series]) => {
        const text = JSON.stringify(series);
        if (leaving) this.#told.set(study, text);
        await call(`/api/v1/sites/${encodeURIComponent(siteId)}/displays`, {
          method: "POST",
          json: { study_instance_uid: study, series },
          headers: { "X-Dokuei-Background": "1" },
          keepalive: leaving,
        });
        this.#told.set(study, text);
      }),
    );
  }
}

/** From the case's opening until it is left, locked or closed; that the hub cannot be told now stops no reader. */
export function useDisplayed(seen: Seen, siteId: string | null): void {
  useEffect(() => {
    if (siteId === null) return undefined;
    const teller = new Teller(seen);
    const tell = (): Promise<void> => teller.tell(siteId).catch(() => undefined);
    const leave = (): void => void teller.tell(siteId, { leaving: true }).catch(() => undefined);
    const timer = window.setInterval(() => void tell(), EVERY);
    const withdraw = beforeLock(tell);
    window.addEventListener("pagehide", leave);
    return () => {
      window.clearInterval(timer);
      withdraw();
      window.removeEventListener("pagehide", leave);
      leave();
    };
  }, [seen, siteId]);
}
