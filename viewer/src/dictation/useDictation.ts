import { useEffect, useState, useSyncExternalStore, type RefObject } from "react";
import { SIGNED_OUT } from "@/api/client";
import { LOCKED } from "@/session/beforeLock";
import { Dictation, type DictationState } from "./dictation";
import { localEngine, type SpokenLanguage } from "./engine";
import { written } from "./spoken";
import { typeInto } from "./typeInto";

export interface Dictating {
  readonly state: DictationState;
  /** Begins in the field that was last written in, or ends; the words said last are still written. */
  readonly toggle: () => void;
}

export interface DictatedFields {
  readonly language: SpokenLanguage;
  readonly words: readonly string[];
  /** The field that was last written in. */
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly fallback: RefObject<HTMLTextAreaElement | null>;
  readonly onWritten: () => void;
}

/** Dictation into the fields of a form; over at once when the field, the window, the page or the session is left. */
export function useDictation({ language, words, field, fallback, onWritten }: DictatedFields): Dictating {
  const [dictation] = useState(() => new Dictation(localEngine()));
  const [waiting] = useState(() => new Waiting());
  const state = useSyncExternalStore(dictation.subscribe, dictation.currentState);
  useEffect(() => {
    const end = (): void => dictation.abort();
    const hidden = (): void => {
      if (document.hidden) end();
    };
    // Before anything is heard, the browser may ask for the microphone in a window of its own.
    const left = (): void => {
      if (dictation.currentState().hearing) end();
    };
    const ends = [LOCKED, SIGNED_OUT, "pagehide"];
    for (const name of ends) window.addEventListener(name, end);
    window.addEventListener("blur", left);
    document.addEventListener("focusout", left);
    document.addEventListener("visibilitychange", hidden);
    return () => {
      for (const name of ends) window.removeEventListener(name, end);
      window.removeEventListener("blur", left);
      document.removeEventListener("focusout", left);
      document.removeEventListener("visibilitychange", hidden);
      end();
    };
  }, [dictation]);
  const toggle = (): void => {
    if (state.listening) {
      dictation.stop();
      return;
    }
    const area = field.current ?? fallback.current;
    if (area === null) return;
    area.focus();
    waiting.into(area);
    dictation.start(language, words, (said) =>
      waiting.write(() => {
        const text = written(said, language, area.value.slice(0, area.selectionStart));
        if (text === "") return;
        onWritten();
        typeInto(area, text);
      }),
    );
  };
  return { state, toggle };
}

/** What was said while an input method composes waits until it is done: half a word is never broken. */
class Waiting {
  private area: HTMLTextAreaElement | null = null;
  private composing = false;
  private said: (() => void)[] = [];
  private forget: () => void = () => undefined;

  into(area: HTMLTextAreaElement): void {
    if (area === this.area) return;
    this.forget();
    this.area = area;
    this.composing = false;
    this.said = [];
    const begins = (): void => {
      this.composing = true;
    };
    const ends = (): void => {
      this.composing = false;
      window.setTimeout(() => this.bring(), 0);
    };
    area.addEventListener("compositionstart", begins);
    area.addEventListener("compositionend", ends);
    this.forget = () => {
      area.removeEventListener("compositionstart", begins);
      area.removeEventListener("compositionend", ends);
    };
  }

  write(one: () => void): void {
    this.said.push(one);
    this.bring();
  }

  private bring(): void {
    if (this.composing) return;
    for (const one of this.said.splice(0)) one();
  }
}
