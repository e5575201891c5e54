import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { WorklistItem } from "@/api/types";
import { Chip } from "@/ui/Chip";
import { priorCount } from "./ledger";
import { useLedgerWords } from "./useLedgerWords";

/** In a row only what is still to come, or cannot: priors that are all here are nothing to act on. */
export function PriorsChip({ item }: { readonly item: WorklistItem }): JSX.Element | null {
  const { t } = useTranslation("priors");
  const words = useLedgerWords()(item);
  const { total, here, awaited } = priorCount(item);
  if (item.prior_only) {
    return (
      <Chip tone="idle" shape="slash">
        {t("only")}
      </Chip>
    );
  }
  if (awaited.length > 0) {
    const refused = awaited.some(([state]) => state === "refused");
    return (
      <Chip tone={refused ? "attention" : "active"} shape={refused ? "triangle" : "dashed"} title={words}>
        {t("short", { here, total })}
      </Chip>
    );
  }
  if (item.prior_ledger?.state !== "failing") return null;
  return (
    <Chip tone="attention" shape="triangle" title={words}>
      {t("short_failing")}
    </Chip>
  );
}
