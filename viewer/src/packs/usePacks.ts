import { useEffect } from "react";
import { SIGNED_IN, SIGNED_OUT } from "@/api/client";
import { browserKeys } from "@/session/keys";
import { packs } from "./packs";

const PAGE = "dokuei.page";
const TRIES = 5;
const PAUSE = 200;

const newPage = (): string => crypto.randomUUID().replaceAll("-", "");

/** This page's name, the same after it was loaded again; a copy of the page finds its name taken and has another. */
function pageName(): string {
  const known = sessionStorage.getItem(PAGE) ?? newPage();
  sessionStorage.setItem(PAGE, known);
  return known;
}

async function openPacks(budget: number): Promise<void> {
  const { images } = await browserKeys();
  for (let tries = 1; tries <= TRIES; tries += 1) {
    await packs.open(images, pageName(), budget);
    if (packs.state().open || !packs.taken) return;
    // The page that was here before may still be leaving.
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  sessionStorage.setItem(PAGE, newPage());
  await packs.open(images, pageName(), budget);
}

/** Opens this page's packs for who is signed in, and removes them when the session has ended. */
export function usePacks(wanted: boolean, budget: number): void {
  const used = wanted && budget > 0;
  useEffect(() => {
    if (!used) return;
    const open = (): void => {
      if (!packs.state().open) void openPacks(budget).catch(() => undefined);
    };
    const remove = (): void => void packs.clear();
    open();
    window.addEventListener(SIGNED_IN, open);
    window.addEventListener(SIGNED_OUT, remove);
    return () => {
      window.removeEventListener(SIGNED_IN, open);
      window.removeEventListener(SIGNED_OUT, remove);
    };
    // The budget changes below, without opening anew.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [used]);
  useEffect(() => {
    if (!used) void packs.clear();
    else if (packs.state().open) void packs.setBudget(budget);
  }, [used, budget]);
}
