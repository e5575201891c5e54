import { useQuery } from "@tanstack/react-query";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link, Redirect, useSearch } from "wouter";
import { getJson } from "@/api/client";
import type { CaseLink } from "@/api/types";
import { Shell } from "@/ui/Shell";
import { Failed, LoadingRows } from "@/ui/States";
import { Titled } from "@/ui/Titled";
import { DayText } from "@/ui/Written";
import classes from "./LinkPage.module.css";

const caseAt = (itemId: string): string => `/cases/${encodeURIComponent(itemId)}`;

/** Where a link of the hospital's system arrives: an accession number or a study leads to its case. */
export default function LinkPage(): JSX.Element {
  const { t } = useTranslation("papers");
  const search = useSearch();
  const query = useQuery({
    queryKey: ["case-links", search],
    queryFn: ({ signal }) => getJson<readonly CaseLink[]>(`/api/v1/case-links?${search}`, signal),
    retry: false,
  });
  const [only, ...more] = query.data ?? [];
  if (only !== undefined && more.length === 0) return <Redirect to={caseAt(only.worklist_item_id)} replace />;
  return (
    <Shell>
      <Titled title={t("link.title")} />
      {query.data ? (
        <div className={classes["several"]}>
          <h1>{t("link.several")}</h1>
          <ul>
            {query.data.map((one) => (
              <li key={one.worklist_item_id}>
                <DayText value={one.study_date} /> {one.modalities.join(" ")} {one.study_description} {one.site_name}{" "}
                <Link href={caseAt(one.worklist_item_id)}>{t("link.open")}</Link>
              </li>
            ))}
          </ul>
        </div>
      ) : query.error ? (
        <Failed error={query.error} onRetry={() => void query.refetch()} heading />
      ) : (
        <LoadingRows rows={6} />
      )}
    </Shell>
  );
}
