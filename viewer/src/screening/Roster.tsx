import { Button } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { Drop } from "@/ui/Drop";
import { FailedLine } from "@/ui/States";
import { useCount } from "@/ui/Written";
import { useRoster } from "./api";
import { RosterLines } from "./RosterLines";
import classes from "./Screening.module.css";
import type { ScreeningBatch } from "./shapes";
import { Taking, type TakingProps } from "./Taking";

/** A roster is dropped, looked at line by line, and only then taken. */
export function Roster({ batch }: { readonly batch: ScreeningBatch }): JSX.Element {
  const { t } = useTranslation("screening");
  const count = useCount();
  const [file, setFile] = useState<File | null>(null);
  const [taking, setTaking] = useState<Omit<TakingProps, "batchId"> | null>(null);
  const roster = useRoster(batch.batch_id);
  const outcome = roster.data;
  const look = (chosen: File): void => {
    setFile(chosen);
    roster.mutate({ file: chosen, take: false });
  };
  const take = (chosen: File): void => {
    setTaking({ before: batch.counts.expected, total: outcome?.counts["taken"] ?? 0 });
    roster.mutate({ file: chosen, take: true });
  };
  const forget = (): void => {
    setFile(null);
    roster.reset();
  };
  return (
    <section className={classes["card"]} aria-labelledby="roster">
      <h2 id="roster">{t(batch.people.length === 0 ? "roster.title" : "roster.more")}</h2>
      {file === null ? (
        <RosterDrop onFile={look} quiet={batch.people.length > 0} />
      ) : (
        <div className={classes["line"]}>
          <span className={classes["file"]}>{file.name}</span>
          <span className={classes["space"]} />
          <Button size="sm" variant="default" onClick={forget} disabled={roster.isPending}>
            {t(outcome?.taken ? "roster.another" : "roster.not_this")}
          </Button>
          {!outcome?.taken && (
            <Button
              size="sm"
              loading={roster.isPending}
              disabled={(outcome?.counts["taken"] ?? 0) === 0}
              onClick={() => take(file)}
            >
              {t("roster.take", { count: outcome?.counts["taken"] ?? 0 })}
            </Button>
          )}
        </div>
      )}
      {roster.isPending && roster.variables.take && taking !== null && <Taking {...taking} batchId={batch.batch_id} />}
      {roster.error !== null && <FailedLine error={roster.error} />}
      {outcome !== undefined && (
        <>
          <p role="status" className={classes["said"]} data-taken={outcome.taken}>
            <strong>{t(outcome.taken ? "roster.done" : "roster.looked")}</strong>{" "}
            {(["taken", "known", "refused"] as const).map((name) => (
              <span key={name} data-alarm={name === "refused" && (outcome.counts[name] ?? 0) > 0}>
                {t(name === "taken" && !outcome.taken ? "outcome.will" : `outcome.${name}`)}{" "}
                {count(outcome.counts[name] ?? 0)}
              </span>
            ))}
          </p>
          {outcome.ignored.length > 0 && (
            <p className={classes["quiet"]}>{t("roster.ignored", { headings: outcome.ignored.join(t("and")) })}</p>
          )}
          <RosterLines lines={outcome.lines} taken={outcome.taken} />
        </>
      )}
    </section>
  );
}

interface RosterDropProps {
  readonly onFile: (file: File) => void;
  /** A roster is there already: another one is not the next thing to do. */
  readonly quiet: boolean;
}

function RosterDrop({ onFile, quiet }: RosterDropProps): JSX.Element {
  const { t } = useTranslation("screening");
  return (
    <Drop
      word={t("roster.choose")}
      accept=".csv,.txt,text/csv"
      button={{ size: "sm", variant: quiet ? "default" : "filled" }}
      onFiles={([first]) => {
        if (first !== undefined) onFile(first);
      }}
    >
      <span>{t("roster.drop")}</span>
      <span className={classes["quiet"]}>{t("roster.columns")}</span>
    </Drop>
  );
}
