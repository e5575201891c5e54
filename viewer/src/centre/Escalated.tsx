import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Outcome } from "@/api/types";
import { Chip } from "@/ui/Chip";
import { InstantText, useCount } from "@/ui/Written";
import { useEscalated } from "./api";
import own from "./Centre.module.css";

/** On the way to the list: how many unread reports stand before me as report manager. */
export function EscalatedBadge(): JSX.Element | null {
  const { t } = useTranslation("centre");
  const count = useCount();
  const waiting = useEscalated().data?.waiting ?? 0;
  if (waiting === 0) return null;
  const number = count(waiting);
  return (
    <span className={own["badge"]} role="img" aria-label={t("escalated.badge", { number })}>
      {number}
    </span>
  );
}

/** Above the list, until all of them are opened. */
export function EscalatedToMe(): JSX.Element | null {
  const { t } = useTranslation("centre");
  const count = useCount();
  const waiting = useEscalated().data?.waiting ?? 0;
  if (waiting === 0) return null;
  return <p className={own["told"]}>{t("escalated.waiting", { number: count(waiting) })}</p>;
}

export function EscalatedChip({ outcome }: { readonly outcome: Outcome }): JSX.Element | null {
  const { t } = useTranslation("centre");
  if (outcome.escalated === null) return null;
  return (
    <Chip tone={outcome.state === "unread" ? "danger" : "idle"} shape="triangle" title={outcome.escalated.display_name}>
      {t("escalated.chip")}
    </Chip>
  );
}

/** Who was told, when, and why. */
export function EscalatedLine({ outcome }: { readonly outcome: Outcome }): JSX.Element | null {
  const { t } = useTranslation("centre");
  const told = outcome.escalated;
  if (told === null) return null;
  return (
    <div>
      <dt>{t("escalated.line")}</dt>
      <dd>
        {told.display_name} <InstantText value={told.at} />{" "}
        {told.grounds.map((ground) => t(`escalated.${ground}`)).join(" · ")}
      </dd>
    </div>
  );
}
