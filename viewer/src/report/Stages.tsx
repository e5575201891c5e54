import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Report, WorklistItem } from "@/api/types";
import { currentLanguage } from "@/i18n";
import { DayText, InstantText } from "@/ui/Written";
import classes from "./Report.module.css";
import { WithdrawReport } from "./Withdraw";

const FINAL: readonly string[] = ["original", "amendment"];

/** A preliminary version goes out of what leaves the centre, and only before a final one. */
export const mayPublish = (item: WorklistItem, report: Report): boolean =>
  (report.role === "sole" || report.role === "arbiter") &&
  item.status !== "completed" &&
  !report.signatures.some(({ kind }) => FINAL.includes(kind));

/** To whoever writes on: what the hospital has in its hands meanwhile. */
export function Standing({ itemId, report }: { readonly itemId: string; readonly report: Report }): JSX.Element | null {
  const { t } = useTranslation("stages");
  const latest = report.signatures.at(-1);
  if (latest?.kind !== "preliminary") return null;
  return (
    <div className={classes["notice"]}>
      <p>
        {t("preliminary.stands", { number: latest.number })} <InstantText value={latest.signed_at} />
      </p>
      <WithdrawReport itemId={itemId} report={report} />
    </div>
  );
}

/** Which priors the report will say were compared. */
export function ComparedLine({
  item,
  report,
  priorsShown,
}: {
  readonly item: WorklistItem;
  readonly report: Report;
  readonly priorsShown: () => readonly string[];
}): JSX.Element {
  const { t } = useTranslation("stages");
  const shown = new Set([...report.compared.map((one) => one.study_instance_uid), ...priorsShown()]);
  const known = [...item.priors, ...report.compared];
  const compared = [...shown].flatMap((uid) => known.find((one) => one.study_instance_uid === uid) ?? []);
  return (
    <p className={classes["quiet"]} data-compared="">
      {t("compared.label")}{" "}
      {compared.length > 0
        ? compared.map((one) => (
            <span key={one.study_instance_uid}>
              <DayText value={one.study_date} /> {one.modalities.join(" ")}{" "}
            </span>
          ))
        : t(item.priors.length > 0 ? "compared.not_shown" : "compared.none", { count: item.priors.length })}
    </p>
  );
}

/** What stands around a signed version: priors compared, who acted for whom, what changed, why it is withdrawn. */
export function Circumstances({ report }: { readonly report: Report }): JSX.Element | null {
  const { t } = useTranslation("stages");
  const ja = currentLanguage() === "ja";
  if (report.circumstances.length === 0) return null;
  return (
    <div className={classes["part"]}>
      <h3>{t("circumstances")}</h3>
      <dl className={classes["circumstances"]}>
        {report.circumstances.map((one) => (
          <div key={`${one.label_en} ${one.en}`}>
            <dt>{ja ? one.label_ja : one.label_en}</dt>
            <dd>{ja ? one.ja : one.en}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
