import { Button, NumberInput } from "@mantine/core";
import { useState, type JSX, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import type { LineKind, LineLimits, LineLimitsText } from "@/api/types";
import { Section } from "@/rights/Section";
import { Failed, FailedLine, LoadingRows } from "@/ui/States";
import { InstantText, useCount } from "@/ui/Written";
import { useLineLimits, useSetLineLimits } from "./api";
import classes from "./Line.module.css";

const STEPS = ["first", "scrollable", "whole"] as const;
const LONGEST = 7200;

/** How long a reader may wait for each kind of study, and what such studies weigh in this archive. */
export function LimitsSection({ changeable }: { readonly changeable: boolean }): JSX.Element {
  const { t } = useTranslation("lines");
  const query = useLineLimits();
  return (
    <Section title={t("limits.title")} lead={t("limits.lead")}>
      {query.data ? (
        <>
          <Limits key={JSON.stringify(query.data.kinds)} limits={query.data} changeable={changeable} />
          <p className={classes["quiet"]}>
            {query.data.set_at === null ? (
              t("limits.defaults")
            ) : (
              <>
                {t("limits.set_by", { name: query.data.set_by })} <InstantText value={query.data.set_at} />
              </>
            )}
          </p>
        </>
      ) : query.error ? (
        <Failed error={query.error} onRetry={() => void query.refetch()} compact />
      ) : (
        <LoadingRows rows={4} />
      )}
    </Section>
  );
}

interface LimitsProps {
  readonly limits: LineLimits;
  readonly changeable: boolean;
}

function Limits({ limits, changeable }: LimitsProps): JSX.Element {
  const { t } = useTranslation("lines");
  const set = useSetLineLimits();
  const present: LineLimitsText = { kinds: limits.kinds, prefetch_seconds: limits.prefetch_seconds };
  const [wanted, setWanted] = useState(present);
  const kinds = Object.keys(limits.kinds) as LineKind[];
  const put = (kind: LineKind, step: (typeof STEPS)[number], seconds: number): void => {
    const before = wanted.kinds[kind];
    if (before !== undefined) {
      setWanted({ ...wanted, kinds: { ...wanted.kinds, [kind]: { ...before, [step]: seconds } } });
    }
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    set.mutate(wanted);
  };
  return (
    <form onSubmit={submit} className={classes["form"]}>
      {set.error && <FailedLine error={set.error} />}
      <table className={classes["table"]}>
        <thead>
          <tr>
            <th scope="col">{t("kinds.kind")}</th>
            <th scope="col">{t("limits.size")}</th>
            {STEPS.map((step) => (
              <th key={step} scope="col">
                {t("limits.step", { step: t(`step.${step}`) })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {kinds.map((kind) => (
            <tr key={kind}>
              <td>{t(`kind.${kind}`)}</td>
              <td>
                <Size kind={kind} limits={limits} />
              </td>
              {STEPS.map((step) => (
                <td key={step}>
                  {changeable ? (
                    <NumberInput
                      className={classes["seconds"] ?? ""}
                      size="xs"
                      aria-label={t("limits.label", { kind: t(`kind.${kind}`), step: t(`step.${step}`) })}
                      value={wanted.kinds[kind]?.[step] ?? 0}
                      min={0.1}
                      max={LONGEST}
                      decimalScale={1}
                      onChange={(typed) => put(kind, step, Number(typed))}
                    />
                  ) : (
                    wanted.kinds[kind]?.[step]
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <div className={classes["buttons"]}>
        {changeable ? (
          <NumberInput
            size="xs"
            label={t("limits.prefetch")}
            value={wanted.prefetch_seconds}
            min={0}
            max={LONGEST}
            onChange={(typed) => setWanted({ ...wanted, prefetch_seconds: Number(typed) })}
          />
        ) : (
          <span>{t("limits.prefetch_is", { seconds: limits.prefetch_seconds })}</span>
        )}
        {changeable && (
          <Button type="submit" loading={set.isPending} disabled={JSON.stringify(wanted) === JSON.stringify(present)}>
            {t("limits.save")}
          </Button>
        )}
      </div>
    </form>
  );
}

const MEGABYTE = 1e6;

/** What such a study weighs, and whether that was learnt here. */
function Size({ kind, limits }: { readonly kind: LineKind; readonly limits: LineLimits }): JSX.Element | null {
  const { t } = useTranslation("lines");
  const count = useCount();
  const size = limits.sizes[kind];
  if (size === undefined) return null;
  const [typical, large] = [size.typical, size.large].map(({ bytes }) => count(Math.round(bytes / MEGABYTE)));
  return (
    <>
      {t("limits.megabytes", { typical, large })}{" "}
      <span className={classes["limit"]}>
        {size.studies > 0 ? t("limits.learnt", { count: size.studies }) : t("limits.assumed")}
      </span>
    </>
  );
}
