import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { WorklistItem } from "@/api/types";
import { Chip } from "@/ui/Chip";
import { DayText } from "@/ui/Written";
import classes from "./PriorLedger.module.css";
import { useLedgerWords } from "./useLedgerWords";

/** What the hospital's PACS has besides what is here, each study with its state and the reason. */
export function PriorLedger({ item }: { readonly item: WorklistItem }): JSX.Element | null {
  const { t } = useTranslation("priors");
  const words = useLedgerWords()(item);
  const ledger = item.prior_ledger;
  if (ledger === null) return null;
  return (
    <div data-prior-ledger={ledger.state}>
      <p className={classes["line"]}>
        {words}
        {ledger.state === "failing" && ledger.reason !== "" ? (
          <small className={classes["reason"]}>{` (${ledger.reason})`}</small>
        ) : null}
      </p>
      <ul className={classes["list"]}>
        {ledger.awaited.map((one) => (
          <li key={one.study_instance_uid}>
            <DayText value={one.study_date} short />
            <span>{one.modalities.join(" ")}</span>
            <span>
              {one.study_description}{" "}
              <Chip
                tone={one.state === "refused" ? "attention" : "active"}
                shape={one.state === "refused" ? "triangle" : "dashed"}
              >
                {t(`one.${one.state}`)}
              </Chip>
            </span>
            {one.reason === "" ? null : <span className={classes["reason"]}>{one.reason}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}
