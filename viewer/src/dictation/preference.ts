/** Whether and in which language somebody dictates, as they chose on this device. */
import { useSyncExternalStore } from "react";
import { currentLanguage } from "@/i18n";
import { SPOKEN_LANGUAGES, type SpokenLanguage } from "./engine";

const STORED = "dokuei.dictation";
const OFF = "off";
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function chosen(): SpokenLanguage | null {
  const stored = localStorage.getItem(STORED);
  if (stored === OFF) return null;
  return SPOKEN_LANGUAGES.find((one) => one === stored) ?? (currentLanguage() === "ja" ? "ja-JP" : "en-US");
}

/** The language that is dictated in, or none; until somebody chooses, the one of the page. */
export const useDictationLanguage = (): SpokenLanguage | null => useSyncExternalStore(subscribe, chosen);

export function chooseDictation(language: SpokenLanguage | null): void {
  localStorage.setItem(STORED, language ?? OFF);
  for (const listener of listeners) listener();
}
