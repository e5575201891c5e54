import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { InstantText } from "@/ui/Written";
import { useWay } from "@/worklist/api";
import { arrivedBack } from "./model";

/** Before a report can be read it has to be there: one line of what became of it in the hospital. */
export function ArrivalLine({ itemId }: { readonly itemId: string }): JSX.Element | null {
  const { t } = useTranslation("delivery");
  const way = useWay(itemId).data;
  if (way === undefined || way.back.length === 0) return null;
  const arrived = arrivedBack(way);
  return (
    <div>
      <dt>{t("mark")}</dt>
      <dd>{arrived === null ? t("missing") : <InstantText value={arrived} />}</dd>
    </div>
  );
}
