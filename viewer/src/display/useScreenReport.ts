import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { SIGNED_IN } from "@/api/client";
import { useMay } from "@/session/api";
import { tellScreen } from "./api";
import { readScreen, watchScreen } from "./screen";

const SETTLED_MS = 400;

/** Tells the hub what this page sees of its screen: at sign-in, and whenever that changes. */
export function useScreenReport(): void {
  const client = useQueryClient();
  const sees = useMay()("images.read");
  useEffect(() => {
    if (!sees) return undefined;
    let told = "";
    let waiting = 0;
    const tell = async (): Promise<void> => {
      const read = await readScreen();
      const text = JSON.stringify(read);
      if (text === told) return;
      told = text;
      // Not told is unknown to the hub, which then takes it for no valid display.
      await tellScreen(client, read).catch(() => {
        told = "";
      });
    };
    const changed = (): void => {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(() => void tell(), SETTLED_MS);
    };
    const anotherSession = (): void => {
      told = "";
      changed();
    };
    void tell();
    const stop = watchScreen(changed);
    window.addEventListener(SIGNED_IN, anotherSession);
    return () => {
      window.clearTimeout(waiting);
      stop();
      window.removeEventListener(SIGNED_IN, anotherSession);
    };
  }, [client, sees]);
}
