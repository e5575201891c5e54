import { useTranslation } from "react-i18next";
import type { WorklistItem } from "@/api/types";
import { priorCount } from "./ledger";

/** What the hospital's PACS has and has not given, in a sentence; empty where no PACS was asked. */
export function useLedgerWords(): (item: WorklistItem) => string {
  const { t } = useTranslation("priors");
  return (item) => {
    const ledger = item.prior_ledger;
    if (ledger === null) return "";
    const { total, here, awaited } = priorCount(item);
    const others = ledger.others > 0 ? [t("others", { count: ledger.others })] : [];
    const asked = ledger.state === "answered" ? [] : [ledger.state === "waiting" ? t("waiting") : t("failing")];
    if (awaited.length === 0) {
      const known = ledger.state === "answered" ? [total === 0 ? t("nothing") : t("all_here")] : asked;
      return [...known, ...others].join(t("and"));
    }
    const rest = awaited.map(([state, count]) => t(`state.${state}`, { count })).join(t("and"));
    return [t("counted", { here, total, rest }), ...asked, ...others].join(t("and"));
  };
}
