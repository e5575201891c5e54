import { Button } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useMay } from "@/session/api";
import { Live } from "@/ui/Live";
import { Page } from "@/ui/Page";
import { Empty, Failed, LoadingRows } from "@/ui/States";
import table from "@/ui/Table.module.css";
import { DayText, useCount } from "@/ui/Written";
import { SiteName } from "@/session/SiteName";
import { LIST_STALE_AFTER, useBatches } from "./api";
import { Meter } from "./Progress";
import classes from "./Screening.module.css";
import type { ListedBatch } from "./shapes";

/** Every screening batch of one's sites and how far it is. */
export default function ScreeningPage(): JSX.Element {
  const { t } = useTranslation("screening");
  const may = useMay();
  if (!may("screening.manage")) {
    return (
      <Page title={t("title")}>
        <Empty title={t("title")}>{t("not_for_role")}</Empty>
      </Page>
    );
  }
  return <Batches />;
}

function Batches(): JSX.Element {
  const { t } = useTranslation("screening");
  const query = useBatches();
  const make = (
    <Button component={Link} href="/screening/new">
      {t("new")}
    </Button>
  );
  return (
    <Page
      title={t("title")}
      lead={t("lead")}
      aside={
        <div className={classes["aside"]}>
          <Live updatedAt={query.dataUpdatedAt} staleAfter={LIST_STALE_AFTER} failed={query.isRefetchError} />
          {make}
        </div>
      }
    >
      {query.data === undefined ? (
        query.error ? (
          <Failed error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <LoadingRows rows={8} />
        )
      ) : query.data.items.length === 0 ? (
        <Empty title={t("empty")} action={make}>
          {t("empty_text")}
        </Empty>
      ) : (
        <Listed batches={query.data.items} />
      )}
    </Page>
  );
}

function Listed({ batches }: { readonly batches: readonly ListedBatch[] }): JSX.Element {
  const { t } = useTranslation("screening");
  return (
    <div className={table["frame"]} tabIndex={0} role="region" aria-label={t("title")}>
      <table className={table["table"]}>
        <thead>
          <tr>
            <th scope="col">{t("column.held_on")}</th>
            <th scope="col">{t("column.batch")}</th>
            <th scope="col" className={table["end"]}>
              {t("count.expected")}
            </th>
            <th scope="col">{t("count.arrived")}</th>
            <th scope="col">{t("count.judged")}</th>
            <th scope="col">{t("column.missing")}</th>
            <th scope="col">{t("column.site")}</th>
          </tr>
        </thead>
        <tbody>
          {batches.map((batch) => (
            <Row key={batch.batch_id} batch={batch} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ batch }: { readonly batch: ListedBatch }): JSX.Element {
  const { t } = useTranslation("screening");
  const count = useCount();
  const { counts } = batch;
  return (
    <tr>
      <td>
        <DayText value={batch.held_on} />
      </td>
      <td>
        <Link href={`/screening/${encodeURIComponent(batch.batch_id)}`} className={classes["name"] ?? ""}>
          {batch.name}
        </Link>
        <span className={classes["under"]}>
          {[batch.organiser, t(batch.read_twice ? "twice" : "once")].filter(Boolean).join(" · ")}
        </span>
      </td>
      <td className={table["end"]}>{count(counts.expected)}</td>
      <td>
        <Meter count={counts.arrived} expected={counts.expected} label={t("count.arrived")} />
      </td>
      <td>
        <Meter count={counts.judged} expected={counts.expected} label={t("count.judged")} />
      </td>
      <td>
        {counts.missing > 0 && t("missing", { count: counts.missing })}{" "}
        {counts.unsettled > 0 && (
          <span className={classes["attention"]}>{t("unsettled", { count: counts.unsettled })}</span>
        )}
        {counts.missing + counts.unsettled === 0 && <span className={table["quiet"]}>{"–"}</span>}
      </td>
      <td>
        <SiteName id={batch.site_id} name={batch.site_name} />
      </td>
    </tr>
  );
}
