import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { useCount } from "@/ui/Written";
import { useBatch } from "./api";
import { paceOf } from "./model";
import { Meter } from "./Progress";
import classes from "./Screening.module.css";

const WATCHED_EVERY = 1500;

export interface TakingProps {
  readonly batchId: string;
  /** People in the batch before. */
  readonly before: number;
  /** Lines that are to be taken. */
  readonly total: number;
}

/** How far a long roster is: the hub takes some lines at once, and each that is in shows. */
export function Taking({ batchId, before, total }: TakingProps): JSX.Element {
  const { t } = useTranslation("screening");
  const count = useCount();
  const [began] = useState(() => Date.now());
  const { data, dataUpdatedAt } = useBatch(batchId, WATCHED_EVERY);
  const done = Math.max(0, Math.min(total, (data?.counts.expected ?? before) - before));
  const pace = paceOf(done, total, dataUpdatedAt - began);
  return (
    <div className={classes["line"]} data-taking="">
      <span>{t("taking.done", { done: count(done), total: count(total) })}</span>
      <Meter count={done} expected={total} label={t("taking.label")} />
      {pace && (
        <span className={classes["quiet"]}>
          {t("taking.pace", { rate: count(pace.perSecond), seconds: count(pace.secondsLeft) })}
        </span>
      )}
    </div>
  );
}
