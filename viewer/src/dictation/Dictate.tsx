import { Button } from "@mantine/core";
import { useEffect, useRef, useState, type JSX, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "@/ui/Dialog";
import { composes } from "@/ui/composing";
import { useAvailability } from "./api";
import classes from "./Dictation.module.css";
import type { SpokenLanguage } from "./engine";
import { Offer } from "./Offer";
import { useDictationLanguage } from "./preference";
import { useDictation } from "./useDictation";

export interface DictateProps {
  readonly words: (language: SpokenLanguage) => readonly string[];
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly fallback: RefObject<HTMLTextAreaElement | null>;
  readonly onWritten: () => void;
}

/** Dictation (音声入力), only where this very machine does the hearing; elsewhere there is nothing to press. */
export function Dictate(props: DictateProps): JSX.Element | null {
  const { t } = useTranslation("dictation");
  const language = useDictationLanguage();
  const availability = useAvailability(language);
  const [offering, setOffering] = useState(false);
  if (language === null || availability === undefined || availability === "unavailable") return null;
  if (availability === "available") return <Speaking key={language} {...props} language={language} />;
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={() => setOffering(true)}>
        {t(availability === "downloading" ? "downloading" : "prepare")}
      </Button>
      {offering && (
        <Dialog onClose={() => setOffering(false)} title={t("title")} closeLabel={t("close")}>
          <Offer language={language} />
        </Dialog>
      )}
    </>
  );
}

function Speaking({ words, language, ...rest }: DictateProps & { readonly language: SpokenLanguage }): JSX.Element {
  const { t } = useTranslation("dictation");
  const { state, toggle } = useDictation({ language, words: words(language), ...rest });
  useToggleKey(toggle);
  return (
    <>
      <Button
        size="compact-sm"
        variant={state.listening ? "filled" : "default"}
        aria-pressed={state.listening}
        aria-keyshortcuts="Alt+Shift+V"
        title={t("where")}
        onMouseDown={(event) => event.preventDefault()}
        onClick={toggle}
      >
        {t(state.listening ? "stop" : "start")} <kbd>{t("key")}</kbd>
      </Button>
      {state.listening && (
        <span className={classes["passing"]} role="status">
          {state.passing || t(state.hearing ? "listening" : "waiting")}
        </span>
      )}
      {state.trouble && (
        <span className={classes["trouble"]} role="alert">
          {t(`trouble.${state.trouble}`)}
        </span>
      )}
    </>
  );
}

function useToggleKey(toggle: () => void): void {
  const latest = useRef(toggle);
  useEffect(() => {
    latest.current = toggle;
  });
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (composes(event) || !event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey || event.repeat) return;
      if (event.code !== "KeyV" || document.querySelector("[role='dialog']") !== null) return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
}
