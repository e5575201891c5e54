import { Button, Textarea, TextInput } from "@mantine/core";
import { useState, type JSX, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { AuditAnomaly, AuditReview } from "@/api/types";
import { Chip } from "@/ui/Chip";
import { Empty, Failed, FailedLine, LoadingRows } from "@/ui/States";
import { useCloseAnomaly, useNoteAnomaly, useReviews } from "./api";
import classes from "./Audit.module.css";
import { addressOf, NO_FILTERS } from "./filters";
import { Frame } from "./Frame";
import { SignReview } from "./SignReview";
import { JapanTime } from "./Written";

/** Each month's review (LOG-05): open, overdue or signed, with what wanted explaining. */
export default function ReviewsPage(): JSX.Element {
  const { t } = useTranslation("audit");
  const query = useReviews();
  const [signing, setSigning] = useState<string | null>(null);
  return (
    <Frame title={t("reviews.title")}>
      <p className={classes["lead"]}>{t("reviews.lead")}</p>
      {query.data === undefined ? (
        query.error ? (
          <Failed error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <LoadingRows rows={4} />
        )
      ) : !query.data?.length ? (
        <Empty title={t("reviews.empty")}>{t("reviews.empty_text")}</Empty>
      ) : (
        query.data.map((review) => (
          <ReviewCard key={review.month} review={review} onSign={() => setSigning(review.month)} />
        ))
      )}
      {signing !== null && <SignReview month={signing} onClose={() => setSigning(null)} />}
    </Frame>
  );
}

function ReviewCard({ review, onSign }: { readonly review: AuditReview; readonly onSign: () => void }): JSX.Element {
  const { t } = useTranslation("audit");
  const { month, signed_at } = review;
  const heading = `review-${month}`;
  return (
    <section className={classes["card"]} aria-labelledby={heading}>
      <div className={classes["cardHead"]}>
        <h2 id={heading}>{month}</h2>
        <ReviewState review={review} />
        <span className={classes["space"]} />
        <Link href={addressOf({ ...NO_FILTERS, ...spanOf(month) })} className={classes["link"] ?? ""}>
          {t("reviews.entries")}
        </Link>
        {signed_at === null && (
          <Button size="xs" onClick={onSign}>
            {t("reviews.sign")}
          </Button>
        )}
      </div>
      {review.anomalies.length > 0 && (
        <ul className={classes["anomalies"]}>
          {review.anomalies.map((anomaly) => (
            <Anomaly key={anomaly.anomaly_id} anomaly={anomaly} />
          ))}
        </ul>
      )}
      {signed_at === null && <NewAnomaly month={month} />}
    </section>
  );
}

/** The first and the last day of a month. */
function spanOf(month: string): { readonly since: string; readonly until: string } {
  const [year, number] = month.split("-").map(Number);
  const last = new Date(Date.UTC(year ?? 0, number ?? 1, 0)).getUTCDate();
  return { since: `${month}-01`, until: `${month}-${String(last)}` };
}

function ReviewState({ review }: { readonly review: AuditReview }): JSX.Element {
  const { t } = useTranslation("audit");
  if (review.signed_at !== null) {
    return (
      <>
        {review.stands ? (
          <Chip tone="good" shape="check" framed>
            {t("reviews.signed")}
          </Chip>
        ) : (
          <Chip tone="danger" shape="stop" framed>
            {t("reviews.broken")}
          </Chip>
        )}
        <span className={classes["quiet"]}>
          {t("reviews.signed_by", { name: review.signed_by ?? "", way: t(`reviews.${wayOf(review)}`) })}{" "}
          <JapanTime value={review.signed_at} />
        </span>
      </>
    );
  }
  return (
    <>
      {review.overdue ? (
        <Chip tone="danger" shape="stop" framed>
          {t("reviews.overdue")}
        </Chip>
      ) : (
        <Chip tone="attention" shape="clock" framed>
          {t("reviews.open")}
        </Chip>
      )}
      <span className={classes["quiet"]}>
        {t("reviews.due")} <JapanTime value={review.due_at} seconds={false} />
      </span>
    </>
  );
}

const wayOf = ({ method }: AuditReview): "by_key" | "by_password" => (method === "passkey" ? "by_key" : "by_password");

function Anomaly({ anomaly }: { readonly anomaly: AuditAnomaly }): JSX.Element {
  const { t } = useTranslation("audit");
  const closed = anomaly.closed_at !== null;
  return (
    <li>
      <div className={classes["anomaly"]}>
        {closed ? (
          <Chip tone="idle" shape="full">
            {t("anomaly.closed")}
          </Chip>
        ) : (
          <Chip tone="attention" shape="triangle">
            {t("anomaly.open")}
          </Chip>
        )}
        <p>{anomaly.text}</p>
        <span className={classes["quiet"]}>
          {anomaly.sequence !== null && <>{t("anomaly.entry", { number: anomaly.sequence })} · </>}
          {anomaly.noted_by} <JapanTime value={anomaly.noted_at} seconds={false} />
        </span>
      </div>
      {closed ? (
        <p className={classes["resolution"]}>
          {anomaly.resolution}{" "}
          <span className={classes["quiet"]}>
            {anomaly.closed_by} <JapanTime value={anomaly.closed_at} seconds={false} />
          </span>
        </p>
      ) : (
        <Resolve anomalyId={anomaly.anomaly_id} />
      )}
    </li>
  );
}

function Resolve({ anomalyId }: { readonly anomalyId: string }): JSX.Element {
  const { t } = useTranslation("audit");
  const close = useCloseAnomaly();
  const [text, setText] = useState("");
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    close.mutate({ anomalyId, resolution: text });
  };
  return (
    <form onSubmit={submit} className={classes["inline"]}>
      <TextInput
        size="xs"
        aria-label={t("anomaly.resolution")}
        placeholder={t("anomaly.resolution")}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        maxLength={2000}
        required
      />
      <Button type="submit" size="xs" variant="default" loading={close.isPending}>
        {t("anomaly.close")}
      </Button>
      {close.error && <FailedLine error={close.error} />}
    </form>
  );
}

function NewAnomaly({ month }: { readonly month: string }): JSX.Element {
  const { t } = useTranslation("audit");
  const note = useNoteAnomaly();
  const [writing, setWriting] = useState(false);
  const [text, setText] = useState("");
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    const done = (): void => {
      setText("");
      setWriting(false);
    };
    note.mutate({ month, text, sequence: null }, { onSuccess: done });
  };
  if (!writing) {
    return (
      <div>
        <Button size="compact-sm" variant="subtle" onClick={() => setWriting(true)}>
          {t("anomaly.new")}
        </Button>
      </div>
    );
  }
  return (
    <form onSubmit={submit} className={classes["form"]}>
      <Textarea
        label={t("anomaly.note")}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        maxLength={2000}
        autosize
        minRows={2}
        required
        withAsterisk={false}
        data-autofocus
      />
      {note.error && <FailedLine error={note.error} />}
      <div className={classes["buttons"]}>
        <Button size="xs" variant="default" onClick={() => setWriting(false)}>
          {t("close")}
        </Button>
        <Button type="submit" size="xs" loading={note.isPending}>
          {t("anomaly.note_go")}
        </Button>
      </div>
    </form>
  );
}
