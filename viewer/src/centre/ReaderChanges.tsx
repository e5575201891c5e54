import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { InstantText } from "@/ui/Written";
import { useWay } from "@/worklist/api";
import own from "./Centre.module.css";

/** Each change of reader, in the open for the hospital too (JRS-07). */
export function ReaderChanges({ itemId }: { readonly itemId: string }): JSX.Element | null {
  const { t } = useTranslation("centre");
  const changes = useWay(itemId).data?.changes ?? [];
  if (changes.length === 0) return null;
  return (
    <section className={own["changes"]} aria-label={t("changes.title")}>
      <h2>{t("changes.title")}</h2>
      <ul>
        {changes.map((one) => (
          <li key={`${one.at} ${one.role}`}>
            <InstantText value={one.at} />
            <span>{t(`changes.${one.kind}`, { from: one.from_name, to: one.to_name })}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
