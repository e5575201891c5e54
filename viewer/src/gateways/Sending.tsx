import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Gateway, GatewayStudy } from "@/api/types";
import { megabits } from "@/line/model";
import { Chip } from "@/ui/Chip";
import { hubDate } from "@/ui/clock";
import { dayOf, formatBytes, formatClock, formatDay, parseInstant } from "@/ui/format";
import { useDateStyle } from "@/ui/preferences";
import { useCount } from "@/ui/Written";
import classes from "./Gateways.module.css";

const BITS = 8;

/** How fast a gateway sends, what its hospital's hours allow, and whether its kernel paces connections as it should. */
export function Sending({ sending }: { readonly sending: NonNullable<Gateway["sending"]> }): JSX.Element {
  const { t } = useTranslation("sending");
  const count = useCount();
  const soon = useSoonText();
  const { bytes_per_second: bytes, limit_bytes_per_second: limit, limit_until: until, streams, congestion } = sending;
  const time = soon(until);
  const facts = [bytes === 0 ? t("idle") : t("rate", { rate: megabits(bytes * BITS) })];
  if (bytes > 0 && streams > 1) facts.push(t("streams", { number: count(streams) }));
  if (limit !== null) {
    const rate = megabits(limit * BITS);
    facts.push(time === "" ? t("limit", { rate }) : t("limit_until", { rate, time }));
  } else if (time !== "") facts.push(t("free_until", { time }));
  return (
    <div>
      <dt>{t("label")}</dt>
      <dd className={classes["sending"]}>
        {facts.join(t("between"))}
        {congestion !== "" && congestion !== "bbr" && (
          <Chip tone="attention" shape="triangle" title={t("no_bbr_long", { name: congestion })}>
            {t("no_bbr")}
          </Chip>
        )}
      </dd>
    </div>
  );
}

/** What of a study is still to come, and when it will be here; nothing where nothing is. */
export function Left({ study }: { readonly study: Pick<GatewayStudy, "left_bytes" | "done_at"> }): JSX.Element | null {
  const { t } = useTranslation("sending");
  const time = useSoonText()(study.done_at);
  if (study.left_bytes === 0) return null;
  const left = t("left", { bytes: formatBytes(study.left_bytes) });
  return <span>{[left, ...(time === "" ? [] : [t("done", { time })])].join(t("between"))}</span>;
}

/** A moment that is near: its clock, with the day where that is not today. */
function useSoonText(): (value: string) => string {
  const style = useDateStyle();
  return (value) => {
    const instant = parseInstant(value);
    if (instant === null) return "";
    const day = formatDay(dayOf(instant), style, { short: true });
    const clock = formatClock(instant);
    return day === formatDay(dayOf(hubDate()), style, { short: true }) ? clock : `${day} ${clock}`;
  };
}
