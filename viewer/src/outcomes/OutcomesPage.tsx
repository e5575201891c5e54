import { Button, Select } from "@mantine/core";
import { useMemo, useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { EscalatedChip, EscalatedToMe } from "@/centre/Escalated";
import type { ListedOutcome } from "@/api/types";
import { useHubNow } from "@/ui/clock";
import { FilterButtons } from "@/ui/FilterButtons";
import { Page } from "@/ui/Page";
import { Empty, Failed, LoadingRows } from "@/ui/States";
import table from "@/ui/Table.module.css";
import { DayText, InstantText } from "@/ui/Written";
import { SiteName } from "@/session/SiteName";
import { listPath, useOutcomes } from "./api";
import { countsOf, fits, monthBack, STATES, type Filter } from "./model";
import classes from "./Outcomes.module.css";
import { OpenCommunications } from "./OpenCommunications";
import { ImportantChip, StateChip, UncalledChip } from "./StateChip";

const FILTERS: readonly Filter[] = ["all", ...STATES];
const MONTHS_SHOWN = 24;
const EVERY = 60_000;

/** For the one who looks after unread reports (報告書確認管理者), and for the readers who wrote them. */
export default function OutcomesPage(): JSX.Element {
  const { t } = useTranslation("outcomes");
  const [month, setMonth] = useState("");
  const [filter, setFilter] = useState<Filter>("all");
  const asked = { siteId: "", month };
  const query = useOutcomes(asked);
  const items = query.data?.items;
  const shown = useMemo(() => (items ?? []).filter((one) => fits(one, filter)), [items, filter]);
  const counts = countsOf(items ?? [], query.data?.counts ?? {});
  const hidden = counts[filter] - shown.length;
  return (
    <Page
      title={t("title")}
      lead={t("lead")}
      aside={<Choice month={month} onMonth={setMonth} csv={listPath(asked, ".csv")} />}
    >
      {items === undefined ? (
        query.error ? (
          <Failed error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <LoadingRows rows={10} />
        )
      ) : (
        <>
          <OpenCommunications />
          <EscalatedToMe />
          <Filters counts={counts} filter={filter} onFilter={setFilter} />
          {items.length === 0 ? (
            <Empty title={t("empty")}>{t("empty_text")}</Empty>
          ) : shown.length === 0 ? (
            <Empty title={t("none_fit")} compact />
          ) : (
            <Listed items={shown} />
          )}
          {hidden > 0 && <p className={classes["hidden"]}>{t("hidden", { count: hidden })}</p>}
        </>
      )}
    </Page>
  );
}

interface ChoiceProps {
  readonly month: string;
  readonly onMonth: (month: string) => void;
  readonly csv: string;
}

function Choice({ month, onMonth, csv }: ChoiceProps): JSX.Element {
  const { t } = useTranslation("outcomes");
  const today = new Date(useHubNow(EVERY));
  const months = Array.from({ length: MONTHS_SHOWN }, (_, back) => monthBack(today, back));
  return (
    <div className={classes["choice"]}>
      <Select
        size="xs"
        w={130}
        aria-label={t("month")}
        allowDeselect={false}
        value={month}
        data={[{ value: "", label: t("all_time") }, ...months]}
        onChange={(value) => onMonth(value ?? "")}
      />
      <Button size="xs" variant="default" component="a" href={csv} download>
        {t("csv")}
      </Button>
    </div>
  );
}

interface FiltersProps {
  /** Those that are not listed among them. */
  readonly counts: Readonly<Record<Filter, number>>;
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
}

function Filters({ counts, filter, onFilter }: FiltersProps): JSX.Element {
  const { t } = useTranslation("outcomes");
  return (
    <FilterButtons
      label={t("filters")}
      names={FILTERS}
      chosen={filter}
      word={(name) => t(`filter.${name}`)}
      count={(name) => counts[name]}
      alarm="overdue"
      onChoose={onFilter}
    />
  );
}

function Listed({ items }: { readonly items: readonly ListedOutcome[] }): JSX.Element {
  const { t } = useTranslation("outcomes");
  return (
    <div className={table["frame"]} tabIndex={0} role="region" aria-label={t("title")}>
      <table className={table["table"]}>
        <thead>
          <tr>
            <th scope="col">{t("column.state")}</th>
            <th scope="col">{t("column.patient")}</th>
            <th scope="col">{t("column.study")}</th>
            <th scope="col">{t("column.site")}</th>
            <th scope="col">{t("column.physician")}</th>
            <th scope="col">{t("column.signed")}</th>
            <th scope="col">{t("column.who")}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((one) => (
            <Row key={one.worklist_item_id} one={one} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ one }: { readonly one: ListedOutcome }): JSX.Element {
  const mark = one.acted ?? one.opened[0] ?? null;
  return (
    <tr>
      <td>
        <span className={classes["chips"]}>
          <StateChip outcome={one} />
          <ImportantChip outcome={one} />
          <EscalatedChip outcome={one} />
          <UncalledChip outcome={one} />
        </span>
      </td>
      <td>
        <Link href={`/cases/${one.worklist_item_id}`} className={classes["open"] ?? ""}>
          <span lang="ja">{one.patient_name || one.patient_id}</span>
        </Link>{" "}
        <span className={table["quiet"]} lang="ja">
          {one.patient_name_kana}
        </span>{" "}
        <span className={table["quiet"]}>{one.patient_id}</span>
      </td>
      <td>
        {one.modalities.join(" ")} <DayText value={one.study_date} />
      </td>
      <td>
        <SiteName id={one.site_id} name={one.site_name} />
      </td>
      <td>{one.referring_physician}</td>
      <td>
        <InstantText value={one.signed_at} />
      </td>
      <td>
        {mark !== null && (
          <>
            {mark.display_name} <InstantText value={mark.at} />
          </>
        )}
      </td>
    </tr>
  );
}
