import { Button, Progress } from "@mantine/core";
import { useEffect, useRef, useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { Section } from "@/rights/Section";
import { Failed, FailedLine, LoadingRows } from "@/ui/States";
import { InstantText } from "@/ui/Written";
import { useCheckLine, useLineStanding } from "./api";
import { Figures } from "./Figures";
import { KindTable } from "./KindTable";
import classes from "./Line.module.css";
import { VerdictChip } from "./VerdictChip";

/** The line of this device: its last check, and a new one at a touch. */
export function ThisLine(): JSX.Element {
  const { t } = useTranslation("lines");
  const query = useLineStanding();
  const check = useCheckLine();
  const [share, setShare] = useState(0);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const begin = (): void => {
    stop.current = new AbortController();
    setShare(0);
    check.mutate({ stop: stop.current.signal, progress: setShare });
  };
  const last = query.data?.last ?? null;
  return (
    <Section
      title={t("mine.title")}
      lead={t("mine.lead")}
      aside={query.data && <VerdictChip look={query.data.state} framed />}
    >
      {check.isPending ? (
        <div className={classes["going"]}>
          <Progress value={share * 100} aria-label={t("mine.measuring")} transitionDuration={100} />
          <Button variant="default" size="xs" onClick={() => stop.current?.abort()}>
            {t("mine.cancel")}
          </Button>
        </div>
      ) : (
        <div className={classes["begin"]}>
          <Button onClick={begin}>{t(last === null ? "mine.begin" : "mine.again")}</Button>
          {last !== null && (
            <span className={classes["when"]}>
              {t("mine.measured")} <InstantText value={last.at} /> {last.address_range}
            </span>
          )}
        </div>
      )}
      {check.error && check.error.name !== "AbortError" && <FailedLine error={check.error} />}
      {query.data === undefined ? (
        query.error ? (
          <Failed error={query.error} onRetry={() => void query.refetch()} compact />
        ) : (
          <LoadingRows rows={4} />
        )
      ) : (
        last !== null && (
          <>
            <Figures measured={last.measured} />
            <KindTable judged={last.judged} />
          </>
        )
      )}
    </Section>
  );
}
