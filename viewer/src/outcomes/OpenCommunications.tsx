import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { Communication } from "@/api/types";
import { useMay } from "@/session/api";
import { SiteName } from "@/session/SiteName";
import { Chip } from "@/ui/Chip";
import { useHubNow } from "@/ui/clock";
import { useDurationText } from "@/ui/Written";
import { useOpenCommunications } from "./communicating";
import classes from "./Outcomes.module.css";

const EVERY = 15_000;

/** Above the lists: the clocks of findings that no hospital has acknowledged yet; nothing where there is none. */
export function OpenCommunications(): JSX.Element | null {
  const { t } = useTranslation("outcomes");
  const items = useOpenCommunications(useMay()("report.read")).data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <section className={classes["timers"]} aria-label={t("communication.open_title")}>
      <strong>{t("communication.open_title")}</strong>
      <ul>
        {items.map((one) => (
          <li key={one.communication_id}>
            <TimerChip one={one} />
            <Link href={`/cases/${one.worklist_item_id}`}>
              {t(`communication.grade.${one.grade}`)} {one.patient_name}
            </Link>
            <SiteName id={one.site_id} name={one.site_name} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** How far a communication is, and how long it has; red once its limit has passed. */
export function TimerChip({ one }: { readonly one: Communication }): JSX.Element {
  const { t } = useTranslation("outcomes");
  const duration = useDurationText();
  const left = Date.parse(one.due_at) - useHubNow(EVERY);
  const state = t(`communication.state.${one.state}`);
  if (one.state === "acknowledged") {
    return (
      <Chip tone="idle" shape="check">
        {state}
      </Chip>
    );
  }
  return (
    <Chip tone={left <= 0 ? "danger" : "attention"} shape={left <= 0 ? "stop" : "clock"} framed>
      {t(left <= 0 ? "communication.late" : "communication.left", { state, time: duration(Math.abs(left)) })}
    </Chip>
  );
}
