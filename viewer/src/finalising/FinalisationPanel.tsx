import { Button } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { FinalisationEntry, WorklistItem } from "@/api/types";
import { useMay } from "@/session/api";
import { FailedLine } from "@/ui/States";
import { InstantText, useCount } from "@/ui/Written";
import { useFinalisations, useFinalising } from "./api";
import { FinalisationChip } from "./FinalisationChip";
import { FinaliseDialog, ReopenDialog } from "./FinaliseDialog";
import classes from "./Finalising.module.css";

export interface FinalisationPanelProps {
  readonly item: WorklistItem;
  /** The frame of the page around it. */
  readonly className: string;
}

/** 検像: whether a technologist stands for these images, who, when, and what is to be done. */
export function FinalisationPanel({ item, className }: FinalisationPanelProps): JSX.Element | null {
  const { t } = useTranslation("finalising");
  const may = useMay()("images.finalise");
  const { mutate, error, isPending } = useFinalising(item.worklist_item_id);
  const [asking, setAsking] = useState<"finalise" | "reopen" | null>(null);
  const { state } = item.finalisation;
  if (state === "not_used" || item.status === "canceled") return null;
  const close = { onSuccess: () => setAsking(null) };
  const shared = { busy: isPending, error, onClose: () => setAsking(null) };
  const here = item.images_state === "complete";
  return (
    <section className={className} aria-label={t("title")} data-finalisation={state}>
      <div className={classes["head"]}>
        <h3>{t("title")}</h3>
        <FinalisationChip item={item} always framed />
        <span className={classes["space"]} />
        {may && state === "finalised" && (
          <Button size="compact-sm" variant="subtle" onClick={() => setAsking("reopen")}>
            {t("reopen.open")}
          </Button>
        )}
        {may && state !== "finalised" && (
          <Button size="compact-sm" disabled={!here} onClick={() => setAsking("finalise")}>
            {t("finalise.open")}
          </Button>
        )}
      </div>
      <Said item={item} />
      {state !== "finalised" && (
        <p className={classes["quiet"]}>{may ? t(here ? "to_do" : "not_here") : t("needs_reason")}</p>
      )}
      {state !== "open" && <History itemId={item.worklist_item_id} />}
      {asking === "finalise" && (
        <FinaliseDialog
          {...shared}
          instances={item.number_of_instances}
          onFinalise={(note) => mutate({ act: "finalise", instances: item.number_of_instances, note }, close)}
        />
      )}
      {asking === "reopen" && (
        <ReopenDialog {...shared} onReopen={(reason) => mutate({ act: "reopen", reason }, close)} />
      )}
    </section>
  );
}

/** What was said last. */
function Said({ item }: { readonly item: WorklistItem }): JSX.Element | null {
  const { at, state, display_name, instances, note } = item.finalisation;
  if (at == null) return null;
  const act = state === "finalised" ? "finalised" : "reopened";
  const entry: FinalisationEntry = { act, at, display_name, instances, note };
  return (
    <p className={classes["said"]}>
      <Entry entry={entry} />
    </p>
  );
}

function Entry({ entry }: { readonly entry: FinalisationEntry }): JSX.Element {
  const { t } = useTranslation("finalising");
  const count = useCount();
  const { act, at, display_name: name, instances, note } = entry;
  const what = act === "finalised" ? "finalised" : name === "" ? "came" : "reopened";
  return (
    <>
      {t(`entry.${what}`, { name, count: instances, number: count(instances) })} <InstantText value={at} />
      {note && <span className={classes["note"]}>{note}</span>}
    </>
  );
}

function History({ itemId }: { readonly itemId: string }): JSX.Element {
  const { t } = useTranslation("finalising");
  const [open, setOpen] = useState(false);
  const query = useFinalisations(itemId, open);
  return (
    <details className={classes["history"]} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("history")}</summary>
      {query.error && <FailedLine error={query.error} />}
      <ol>
        {query.data?.map((entry) => (
          <li key={`${entry.at} ${entry.act}`}>
            <Entry entry={entry} />
          </li>
        ))}
      </ol>
    </details>
  );
}
