import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { WorklistItem } from "@/api/types";
import { Chip } from "@/ui/Chip";

export interface FinalisationChipProps {
  readonly item: WorklistItem;
  /** Also where a technologist has confirmed; lists mark only what is not. */
  readonly always?: boolean;
  readonly framed?: boolean;
}

/** Whether a technologist stands for the images, where the site uses that (REC-09). */
export function FinalisationChip({ item, always = false, framed = false }: FinalisationChipProps): JSX.Element | null {
  const { t } = useTranslation("finalising");
  const { state } = item.finalisation;
  if (state === "not_used" || item.status === "canceled") return null;
  if (state === "finalised") {
    return always ? (
      <Chip tone="good" shape="full" framed={framed} title={t("long.finalised")}>
        {t("state.finalised")}
      </Chip>
    ) : null;
  }
  return (
    <Chip tone="attention" shape={state === "open" ? "hollow" : "triangle"} framed={framed} title={t(`long.${state}`)}>
      {t(`state.${state}`)}
    </Chip>
  );
}
