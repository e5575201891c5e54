import { useQueryClient } from "@tanstack/react-query";
import i18next from "i18next";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImageRead, ReportForm } from "@/api/types";
import { currentLanguage } from "@/i18n";
import { composes } from "@/ui/composing";
import { formQuery } from "./api";
import { allNormal, structureOf, withFields, withFinding, type Drawing, type Side } from "./findings";
import { isReportKey, takeKeys } from "./earlyKeys";
import type { Draft } from "./model";
import type { DraftSaver } from "./saver";
import type { Shown } from "./shown";

export interface Fill {
  readonly opened: number | null;
  readonly open: (number: number | null) => void;
  readonly edit: (change: Partial<Draft>) => void;
  readonly normal: () => void;
  readonly add: (kind: string) => void;
  readonly drawing: (form: ReportForm) => Drawing;
  /** Go on in another form of the case, as soon as its lists are here. */
  readonly choose: (method: string, change: (now: Draft, chosen: ReportForm) => Partial<Draft>) => Promise<void>;
}

export interface Filling {
  readonly itemId: string;
  readonly form: ReportForm | undefined;
  readonly saver: DraftSaver;
  readonly imagesRead: () => readonly ImageRead[];
  readonly shown: (() => Shown | null) | undefined;
  readonly onSign: () => void;
}

const NAMESPACES = ["structured", "report"] as const;

const drawing = (form: ReportForm): Drawing => ({
  form,
  language: currentLanguage(),
  translate: { ja: i18next.getFixedT("ja", NAMESPACES), en: i18next.getFixedT("en", NAMESPACES) },
});

/** What fills the form in one step, by button and by key; the keys are physical, with Alt, and silent while one composes. */
export function useFill({ itemId, form, saver, imagesRead, shown, onSign }: Filling): Fill {
  const { t } = useTranslation("structured");
  const client = useQueryClient();
  const [opened, setOpened] = useState<number | null>(null);
  const edit = (change: Partial<Draft>): void => {
    if (Object.keys(change).length > 0) saver.edit(change);
  };
  const normal = (): void => {
    if (form?.form == null) return;
    const change = allNormal(saver.currentDraft(), form, {
      findings: t("normal.findings"),
      impression: t("normal.impression"),
    });
    if (change !== null) edit(change);
  };
  const add = (kind: string): void => {
    if (form?.form == null) return;
    const image = shown?.() ?? null;
    const draft = saver.currentDraft();
    const read = imagesRead().some(
      (one) => one.sop_instance_uid === image?.sop_instance_uid && one.frame === image.frame,
    );
    const images = image !== null && read ? [{ sop_instance_uid: image.sop_instance_uid, frame: image.frame }] : [];
    const change = withFinding(draft, { kind, side: sideOf(image, draft), images }, drawing(form));
    edit(change);
    setOpened(change.structure?.findings.at(-1)?.number ?? null);
  };
  useKeys(itemId, form?.form != null, (code) => {
    if (form?.form == null) return false;
    const kind = form.form.kinds.find(({ key }) => key === code);
    const fact = form.form.facts[0];
    const nth = fact?.values[Number(/^Digit([1-9])$/u.exec(code)?.[1] ?? 0) - 1];
    if (code === "KeyN") normal();
    else if (code === "Enter") onSign();
    else if (kind) add(kind.value);
    else if (fact && nth) {
      const draft = saver.currentDraft();
      edit(withFields(draft, form, { facts: { ...structureOf(draft, form).facts, [fact.name]: nth.value } }));
    } else return false;
    return true;
  });
  const choose: Fill["choose"] = async (method, change) => {
    const chosen = await client.query(formQuery(itemId, method));
    edit(change(saver.currentDraft(), chosen));
  };
  return { opened, open: setOpened, edit, normal, add, drawing, choose };
}

/** The side of the image in hand, else of the finding before. */
function sideOf(image: Shown | null, draft: Draft): Side {
  if (image?.laterality === "R") return "right";
  if (image?.laterality === "L") return "left";
  return draft.structure.findings.at(-1)?.side ?? "right";
}

/** Alt and a physical key, wherever the focus is, except in a dialog; and what was pressed while the form was coming. */
function useKeys(itemId: string, ready: boolean, act: (code: string) => boolean): void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  useEffect(() => {
    if (!ready) return undefined;
    const pressed = (event: KeyboardEvent): void => {
      if (composes(event) || !isReportKey(event)) return;
      if (document.querySelector("[role='dialog']") !== null) return;
      if (latest.current(event.code)) event.preventDefault();
    };
    window.addEventListener("keydown", pressed);
    const stop = takeKeys(itemId, (code) => latest.current(code));
    return () => {
      stop();
      window.removeEventListener("keydown", pressed);
    };
  }, [itemId, ready]);
}
