import { useEffect, useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@mantine/core";
import type { Outcome, OutcomeMark } from "@/api/types";
import { EscalatedLine } from "@/centre/Escalated";
import { ArrivalLine } from "@/delivery/ArrivalLine";
import { useMay, useSession } from "@/session/api";
import { SIGNS } from "@/session/idle";
import { FailedLine } from "@/ui/States";
import { InstantText, useCount } from "@/ui/Written";
import { useOutcome, useTell } from "./api";
import classes from "./Outcomes.module.css";
import { NoteDialog, type Noting } from "./NoteDialog";
import { ImportantChip, StateChip, UncalledChip } from "./StateChip";

/** So long a report stands before somebody's eyes before it counts as opened. */
const GLANCE = 1500;

interface OutcomePanelProps {
  readonly itemId: string;
  /** The frame of the page around it. */
  readonly className: string;
}

/** What the hospital did with the version that holds now; opening it here is what makes it read. */
export function OutcomePanel({ itemId, className }: OutcomePanelProps): JSX.Element | null {
  const outcome = useOutcome(itemId, true).data;
  if (outcome === undefined || outcome.state === "unsigned") return null;
  return <Known itemId={itemId} className={className} outcome={outcome} />;
}

function Known({ itemId, className, outcome }: OutcomePanelProps & { readonly outcome: Outcome }): JSX.Element {
  const { t } = useTranslation(["outcomes", "stages"]);
  const count = useCount();
  const may = useMay();
  const tell = useTell(itemId);
  const [noting, setNoting] = useState<Noting | null>(null);
  useOpened(itemId, outcome);
  return (
    <section className={className} aria-label={t("panel")}>
      <div className={classes["head"]}>
        <h2>{t("panel")}</h2>
        <StateChip outcome={outcome} framed />
        <ImportantChip outcome={outcome} />
        <UncalledChip outcome={outcome} />
        <span className={classes["quiet"]}>{t("version", { number: count(outcome.number) })}</span>
        <span className={classes["space"]} />
        {may("report.acknowledge") && outcome.acted === null && (
          <Button size="xs" onClick={() => setNoting("acted")}>
            {t("noting.acted.open")}
          </Button>
        )}
        {may("report.sign") && (
          <Button size="xs" variant="default" onClick={() => setNoting(outcome.important ? "unflag" : "flag")}>
            {t(outcome.important ? "noting.unflag.open" : "noting.flag.open")}
          </Button>
        )}
      </div>
      <dl className={classes["marks"]}>
        <ArrivalLine itemId={itemId} />
        {outcome.important && <MarkLine word={t("flagged_by")} mark={outcome.important} />}
        {outcome.opened.map((mark) => (
          <MarkLine key={mark.person_id} word={t("opened_by")} mark={mark} />
        ))}
        <EscalatedLine outcome={outcome} />
        {outcome.acted && <MarkLine word={t("acted_by")} mark={outcome.acted} />}
      </dl>
      {outcome.opened.length === 0 && outcome.acted === null && <p className={classes["quiet"]}>{t("nobody")}</p>}
      {outcome.uncalled && <p>{t("stages:uncalled.long")}</p>}
      {tell.error && <FailedLine error={tell.error} />}
      {noting !== null && (
        <NoteDialog
          noting={noting}
          busy={tell.isPending}
          onClose={() => setNoting(null)}
          onNote={(text) =>
            tell.mutate(
              noting === "acted"
                ? { what: "acted", number: outcome.number, note: text }
                : { what: "important", because: text, withdrawn: noting === "unflag" },
              { onSettled: () => setNoting(null) },
            )
          }
        />
      )}
    </section>
  );
}

function MarkLine({ word, mark }: { readonly word: string; readonly mark: OutcomeMark }): JSX.Element {
  return (
    <div>
      <dt>{word}</dt>
      <dd>
        {mark.display_name} <InstantText value={mark.at} />
        {mark.note && <span className={classes["note"]}>{mark.note}</span>}
      </dd>
    </div>
  );
}

/**
 * Tells the hub once that somebody of the hospital has this version before their eyes: it is on the screen, and a hand
 * moved since it came. A page that nobody watches has not read the amendment that appears on it.
 */
function useOpened(itemId: string, outcome: Outcome): void {
  const may = useMay()("report.acknowledge");
  const { session } = useSession();
  const { mutate } = useTell(itemId);
  const { number } = outcome;
  const mine = outcome.opened.some(({ person_id }) => person_id === session.person.person_id);
  useEffect(() => {
    if (!may || mine) return undefined;
    let watched = false;
    const touched = (): void => {
      watched = true;
    };
    for (const sign of SIGNS) window.addEventListener(sign, touched, { passive: true, capture: true });
    const timer = window.setInterval(() => {
      if (!watched || document.visibilityState !== "visible") return;
      window.clearInterval(timer);
      mutate({ what: "opened", number });
    }, GLANCE);
    return () => {
      window.clearInterval(timer);
      for (const sign of SIGNS) window.removeEventListener(sign, touched, { capture: true });
    };
  }, [itemId, may, mine, mutate, number]);
}
