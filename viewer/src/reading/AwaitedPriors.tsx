import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { arrivedSince } from "@/priors/ledger";
import { useLedgerWords } from "@/priors/useLedgerWords";
import { formatDay, parseDay } from "@/ui/format";
import { useDateStyle } from "@/ui/preferences";
import { useWorklistItem } from "@/worklist/api";
import classes from "./Thumbnails.module.css";
import type { OpenCase } from "./useCase";

/** Priors that the hospital's PACS has and that are not in the room: what is on its way, and what has come meanwhile. */
export function AwaitedPriors({ opened }: { readonly opened: OpenCase }): JSX.Element | null {
  const { t } = useTranslation(["priors", "reading"]);
  const style = useDateStyle();
  const words = useLedgerWords();
  const { data } = useWorklistItem(opened.item.worklist_item_id);
  const item = data ?? opened.item;
  const arrived = arrivedSince(data, opened.item);
  if (item.prior_ledger === null) return null;
  return (
    <>
      {arrived.length > 0 ? (
        <section className={classes["study"]} data-priors-arrived="">
          <div className={classes["document"]}>
            <div>{t("arrived", { count: arrived.length })}</div>
            <button type="button" className={classes["bring"]} onClick={() => opened.bring(arrived)}>
              {t("bring")}
            </button>
          </div>
        </section>
      ) : null}
      {item.prior_ledger.awaited.map((one) => (
        <section key={one.study_instance_uid} className={classes["study"]} data-prior-awaited={one.state}>
          <h2 data-prior>
            {t("reading:prior")} <span>{formatDay(parseDay(one.study_date), style)}</span>
          </h2>
          <div className={classes["document"]}>
            <div>{[...one.modalities, one.study_description].join(" ")}</div>
            <small title={one.reason} className={one.state === "refused" ? classes["failed"] : undefined}>
              {`${one.state === "refused" ? "▲" : "◌"} ${t(`one.${one.state}`)}`}
            </small>
          </div>
        </section>
      ))}
      <p className={classes["ledger"]} data-prior-ledger={item.prior_ledger.state}>
        {words(item)}
      </p>
    </>
  );
}
