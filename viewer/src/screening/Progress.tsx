import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { useCount } from "@/ui/Written";
import { percent, stepsOf } from "./model";
import classes from "./Screening.module.css";
import type { ScreeningBatch } from "./shapes";

export interface MeterProps {
  readonly count: number;
  readonly expected: number;
  readonly label: string;
}

/** A number and how much of the whole it is. */
export function Meter({ count, expected, label }: MeterProps): JSX.Element {
  const written = useCount();
  return (
    <span className={classes["meter"]}>
      <span className={classes["figure"]}>{written(count)}</span>
      <progress aria-label={label} max={Math.max(expected, 1)} value={count} />
      <span className={classes["figure"]}>{`${percent(count, expected)} %`}</span>
    </span>
  );
}

/** How far a batch is, at a glance. */
export function Progress({ batch }: { readonly batch: ScreeningBatch }): JSX.Element {
  const { t } = useTranslation("screening");
  const written = useCount();
  const { counts } = batch;
  return (
    <dl className={classes["steps"]}>
      {stepsOf(batch.read_twice).map((step) => (
        <div key={step}>
          <dt>{t(`count.${step}`)}</dt>
          <dd>
            <strong>{written(counts[step])}</strong>
            {step !== "expected" && (
              <progress aria-label={t(`count.${step}`)} max={Math.max(counts.expected, 1)} value={counts[step]} />
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
