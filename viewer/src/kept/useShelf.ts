import { useEffect } from "react";
import { ApiProblem, SIGNED_IN } from "@/api/client";
import { reach } from "@/api/reach";
import { browserKeys } from "@/session/keys";
import { shelf } from "./shelf";

const AGAIN_FIRST = 500;
const AGAIN_MOST = 8_000;

/** Asks for the key until it is here; a session that ended is waited for by whoever listens to the next one. */
async function open(signal: AbortSignal): Promise<void> {
  for (let pause = AGAIN_FIRST; !shelf.isOpen; pause = Math.min(AGAIN_MOST, 2 * pause)) {
    try {
      await shelf.open((await browserKeys()).drafts);
    } catch (error) {
      shelf.giveUp();
      if (error instanceof ApiProblem && error.status === 401) return;
      await reach.pause(pause, signal);
    }
  }
}

/** Opens what this browser keeps for who is signed in, as soon as the hub hands out the key. */
export function useShelf(): void {
  useEffect(() => {
    const ended = new AbortController();
    let isAsking = false;
    const tried = (): void => {
      if (isAsking) return;
      isAsking = true;
      void open(ended.signal)
        .catch(() => undefined)
        .finally(() => {
          isAsking = false;
        });
    };
    tried();
    window.addEventListener(SIGNED_IN, tried);
    return () => {
      window.removeEventListener(SIGNED_IN, tried);
      ended.abort();
    };
  }, []);
}
