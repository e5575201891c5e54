import { useQuery } from "@tanstack/react-query";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { pollJson } from "@/api/client";
import type { Gateway } from "@/api/types";
import { outsideContract } from "@/sites/model";
import { Chip, type ChipProps } from "@/ui/Chip";
import { useHubNow } from "@/ui/clock";
import { InstantText, useDurationText } from "@/ui/Written";
import classes from "./Health.module.css";

const EVERY = 60_000;

type LegState = NonNullable<Gateway["health"]>["legs"][number]["state"];

const LOOKS: Record<LegState, Pick<ChipProps, "tone" | "shape">> = {
  ok: { tone: "good", shape: "full" },
  dead: { tone: "danger", shape: "stop" },
  waiting: { tone: "idle", shape: "clock" },
  skipped: { tone: "idle", shape: "slash" },
  "not-reached": { tone: "idle", shape: "hollow" },
};

/** Whether a test patient's image went the whole way lately, and which leg is dead where it did not. */
export function Health({ gateway }: { readonly gateway: Gateway }): JSX.Element | null {
  const { t } = useTranslation("health");
  const duration = useDurationText();
  const now = useHubNow(5000);
  const { health } = gateway;
  if (health === null) return null;
  return (
    <div className={classes["health"]} role="group" aria-label={t("title")}>
      <p>
        {health.dead === null ? (
          <Chip tone={health.at ? "good" : "idle"} shape={health.at ? "full" : "hollow"}>
            {t(health.at ? "works" : "never")}
          </Chip>
        ) : (
          <Chip tone="danger" shape="stop">
            {t("dead", { part: t(`part.${health.dead}`) })}
          </Chip>
        )}
        {health.at && <span>{t("age", { time: duration(Math.max(0, now - Date.parse(health.at))) })}</span>}
      </p>
      {health.legs.length > 0 && (
        <ol>
          {health.legs.map((leg) => (
            <li key={leg.name} title={leg.error}>
              <Chip {...LOOKS[leg.state]}>{t(`part.${leg.name}`)}</Chip>
              <span className={classes["result"]}>
                {t(`state.${leg.state}`)}
                {leg.state === "ok" && ` ${t("seconds", { number: leg.seconds.toFixed(1) })}`}
              </span>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

/** What the hospital's systems sent as orders and nobody understood; which orders these are stays in the hospital. */
export function UnreadOrders({ gateway }: { readonly gateway: Gateway }): JSX.Element | null {
  const { t } = useTranslation(["health", "sites"]);
  if (gateway.unread_orders === 0) return null;
  return (
    <div className={classes["orders"]}>
      <p>{t("orders", { count: gateway.unread_orders })}</p>
      <ul aria-label={t("orders_list")}>
        {gateway.order_refusals.map((one, index) => {
          const outside = outsideContract(one.location, one.condition);
          return (
            <li key={`${one.at} ${String(index)}`}>
              <InstantText value={one.at} />
              <span>{one.sending_application}</span>
              <span>{one.message_type}</span>
              <span>
                {outside
                  ? t(`sites:refused.${outside}`)
                  : one.location
                    ? t("order_at", { place: one.location })
                    : t("order_unread")}
              </span>
              {one.times > 1 && <span>{t("order_times", { count: one.times })}</span>}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** Beside the way to the gateways' page, wherever somebody is who can do something about it. */
export function HealthMark(): JSX.Element | null {
  const { t } = useTranslation("health");
  const { data } = useQuery({
    queryKey: ["gateways"],
    queryFn: ({ signal }) => pollJson<readonly Gateway[]>("/api/v1/gateways", signal),
    refetchInterval: EVERY,
    staleTime: EVERY,
  });
  const dead = data?.filter(({ health }) => health?.dead).length ?? 0;
  if (dead === 0) return null;
  return (
    <span className={classes["mark"]}>
      <Chip tone="danger" shape="stop" title={t("mark", { count: dead })}>
        {dead}
      </Chip>
    </span>
  );
}
