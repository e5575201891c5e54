import { Button } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { Live } from "@/ui/Live";
import { Page } from "@/ui/Page";
import { Failed, FailedLine, LoadingRows } from "@/ui/States";
import { DayText } from "@/ui/Written";
import { SiteName } from "@/session/SiteName";
import { keepJudgements, STALE_AFTER, useBatch, type Encoding } from "./api";
import { People } from "./People";
import { Progress } from "./Progress";
import { Roster } from "./Roster";
import classes from "./Screening.module.css";
import type { ScreeningBatch } from "./shapes";

/** One batch: how far it is, its roster, everybody in it, and its judgements. */
export default function BatchPage({ batchId }: { readonly batchId: string }): JSX.Element {
  const { t } = useTranslation("screening");
  const query = useBatch(batchId);
  const batch = query.data;
  return (
    <Page
      title={batch?.name ?? t("title")}
      aside={
        <div className={classes["aside"]}>
          <Live updatedAt={query.dataUpdatedAt} staleAfter={STALE_AFTER} failed={query.isRefetchError} />
        </div>
      }
    >
      {batch === undefined ? (
        query.error ? (
          <Failed error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <LoadingRows rows={10} />
        )
      ) : (
        <Whole batch={batch} />
      )}
    </Page>
  );
}

function Whole({ batch }: { readonly batch: ScreeningBatch }): JSX.Element {
  const { t } = useTranslation("screening");
  return (
    <div className={classes["whole"]}>
      <p className={classes["facts"]}>
        <DayText value={batch.held_on} />
        <span>
          <SiteName id={batch.site_id} name={batch.site_name} />
        </span>
        {batch.organiser && <span>{batch.organiser}</span>}
        <span>{t(batch.read_twice ? "twice" : "once")}</span>
        {batch.accession_is_exam_number && <span>{t("by_exam_number")}</span>}
      </p>
      <Progress batch={batch} />
      {batch.people.length > 0 && <Judgements batch={batch} />}
      <Roster batch={batch} />
      {batch.people.length > 0 && <People people={batch.people} />}
    </div>
  );
}

/** The table for the organiser; what is not final says so in it. */
function Judgements({ batch }: { readonly batch: ScreeningBatch }): JSX.Element {
  const { t } = useTranslation("screening");
  const [busy, setBusy] = useState<Encoding | null>(null);
  const [error, setError] = useState<unknown>(null);
  const keep = (encoding: Encoding): void => {
    setBusy(encoding);
    setError(null);
    keepJudgements(batch, encoding)
      .catch(setError)
      .finally(() => setBusy(null));
  };
  const open = batch.counts.expected - batch.counts.judged;
  return (
    <section className={classes["card"]} aria-labelledby="judgements">
      <div className={classes["line"]}>
        <div>
          <h2 id="judgements">{t("judgements.title")}</h2>
          <p className={classes["quiet"]}>{open === 0 ? t("judgements.all") : t("judgements.open", { count: open })}</p>
        </div>
        <span className={classes["space"]} />
        {(["shift_jis", "utf-8"] as const).map((encoding) => (
          <Button
            key={encoding}
            size="sm"
            variant="default"
            loading={busy === encoding}
            disabled={busy !== null}
            onClick={() => keep(encoding)}
          >
            {t(encoding === "shift_jis" ? "judgements.shift_jis" : "judgements.utf_8")}
          </Button>
        ))}
      </div>
      {error !== null && <FailedLine error={error} />}
    </section>
  );
}
