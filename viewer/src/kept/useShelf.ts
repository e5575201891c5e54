import { useEffect } from "react";
import { SIGNED_IN } from "@/api/client";
import { reach } from "@/api/reach";
import { browserKeys } from "@/session/keys";
import { shelf } from "./shelf";

const open = async (): Promise<void> => {
  if (!shelf.isOpen) await shelf.open((await browserKeys()).drafts);
};

/** Opens what this browser keeps for who is signed in, as soon as the hub hands out the key. */
export function useShelf(): void {
  useEffect(() => {
    const tried = (): void => void open().catch(() => shelf.giveUp());
    tried();
    window.addEventListener(SIGNED_IN, tried);
    const stop = reach.subscribe(tried);
    return () => {
      window.removeEventListener(SIGNED_IN, tried);
      stop();
    };
  }, []);
}
