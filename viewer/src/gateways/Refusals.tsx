import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Gateway } from "@/api/types";
import { RecordedWords } from "@/ui/RecordedWords";
import { InstantText, useCount } from "@/ui/Written";
import classes from "./Gateways.module.css";
import { recorded, refusalKey } from "./model";

/** Why objects wait in a gateway's quarantine; they are settled at the hospital. */
export function Refusals({ gateway }: { readonly gateway: Gateway }): JSX.Element | null {
  const { t } = useTranslation("gateways");
  const count = useCount();
  if (gateway.refusals.length === 0) return null;
  const hidden = gateway.quarantine - gateway.refusals.length;
  return (
    <div className={classes["refusals"]}>
      <p>{t("refusals_lead")}</p>
      <ul aria-label={t("refusals")}>
        {gateway.refusals.map((refusal, index) => (
          <li key={`${refusal.at} ${refusal.code} ${String(index)}`}>
            <InstantText value={refusal.at} />
            <span>{refusal.sending_ae}</span>
            <RecordedWords raw={recorded(refusal.reason, refusal.remedy)}>
              {t(`refused.${refusalKey(refusal.code)}`)}
              {refusal.times > 1 && ` ${t("refusal_times", { number: count(refusal.times) })}`}
            </RecordedWords>
          </li>
        ))}
      </ul>
      {hidden > 0 && <p>{t("refusals_more", { number: count(hidden) })}</p>}
    </div>
  );
}
