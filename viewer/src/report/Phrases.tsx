import { Button } from "@mantine/core";
import { useEffect, useRef, type JSX, type ReactNode, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { Phrase } from "@/api/types";
import { usePhrases } from "@/lists/api";
import { inserted, offeredFor, withTemplate } from "@/lists/model";
import { composes } from "@/ui/composing";
import type { Draft } from "./model";
import type { DraftSaver } from "./saver";
import classes from "./Structured.module.css";

const NUMBERED = 9;

export interface PhrasesProps {
  readonly siteId: string;
  readonly methods: readonly string[];
  readonly saver: DraftSaver;
  /** The text that was last written in: that is where a snippet goes. */
  readonly lastWritten: RefObject<HTMLTextAreaElement | null>;
  readonly fieldOf: (area: HTMLTextAreaElement | null) => "findings" | "impression";
  /** What else writes for somebody, at the end of the row. */
  readonly children: ReactNode;
}

/** Templates and snippets (定型文) by button, and by Alt+Shift and a digit's physical key; silent while one composes. */
export function Phrases(props: PhrasesProps): JSX.Element {
  const { siteId, methods, saver, lastWritten, fieldOf, children } = props;
  const { t } = useTranslation("lists");
  const offered = offeredFor(usePhrases(siteId).data ?? [], methods);
  const take = (phrase: Phrase): void => {
    const draft = saver.currentDraft();
    if (phrase.kind === "template") saver.edit(withTemplate(draft, phrase));
    else saver.edit(snippetIn(draft, phrase, lastWritten.current, fieldOf(lastWritten.current)));
  };
  useDigits((number) => {
    const phrase = offered[number - 1];
    if (phrase) take(phrase);
    return phrase !== undefined;
  });
  return (
    <div className={classes["begin"]} role="group" aria-label={t("offered")}>
      {offered.map((phrase, index) => (
        <Button
          key={phrase.phrase_id}
          size="compact-sm"
          variant="default"
          title={[phrase.findings, phrase.impression].filter((text) => text !== "").join("\n")}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => take(phrase)}
        >
          {phrase.kind === "template" ? t("template_mark", { name: phrase.name }) : phrase.name}{" "}
          {index < NUMBERED && <kbd>{t("key", { digit: index + 1 })}</kbd>}
        </Button>
      ))}
      <Link href="/lists" className={classes["edit"] ?? ""}>
        {t("edit")}
      </Link>
      {children}
    </div>
  );
}

/** At the cursor of the text in hand; the impression's own text of a snippet goes to its end. */
function snippetIn(
  draft: Draft,
  phrase: Phrase,
  area: HTMLTextAreaElement | null,
  field: "findings" | "impression",
): Partial<Draft> {
  const text = phrase.findings || phrase.impression;
  const from = area?.selectionStart ?? draft[field].length;
  const made = inserted(draft[field], text, from, area?.selectionEnd ?? from);
  // After the text is drawn anew, so that one writes on behind the phrase.
  window.requestAnimationFrame(() => area?.setSelectionRange(made.cursor, made.cursor));
  return { [field]: made.text };
}

function useDigits(act: (number: number) => boolean): void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (composes(event) || !event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey || event.repeat) return;
      if (document.querySelector("[role='dialog']") !== null) return;
      const digit = /^Digit([1-9])$/u.exec(event.code)?.[1];
      if (digit !== undefined && latest.current(Number(digit))) event.preventDefault();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
}
