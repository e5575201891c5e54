import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Gateway } from "@/api/types";
import { Chip } from "@/ui/Chip";
import { hubNow, useHubNow } from "@/ui/clock";
import { formatBytes } from "@/ui/format";
import { GatewayName } from "@/ui/GatewayName";
import { InstantText, useCount, useDurationText } from "@/ui/Written";
import { SiteName } from "@/session/SiteName";
import classes from "./Gateways.module.css";
import { Health, UnreadOrders } from "./Health";
import { certificateState } from "./model";
import { PriorRules } from "./PriorRules";
import { Refusals } from "./Refusals";
import { Sending } from "./Sending";
import { Studies } from "./Studies";

/** One gateway: what is wrong first, then what it is, then what it carries. */
export function GatewayCard({ gateway }: { readonly gateway: Gateway }): JSX.Element {
  const { t } = useTranslation(["gateways", "centre", "health"]);
  const count = useCount();
  return (
    <section className={classes["card"]} aria-labelledby={`gateway-${gateway.gateway_id}`}>
      <div className={classes["head"]}>
        <h2 id={`gateway-${gateway.gateway_id}`}>
          <SiteName id={gateway.site_id} name={gateway.site_name} />
        </h2>
        <span className={classes["name"]}>
          <GatewayName name={gateway.name} id={gateway.gateway_id} />
        </span>
        <span className={classes["space"]} />
        {gateway.quarantine > 0 && (
          <Chip tone="danger" shape="stop" framed title={t("quarantine_long")}>
            {t("quarantine", { number: count(gateway.quarantine) })}
          </Chip>
        )}
        <Presence gateway={gateway} />
      </div>
      {!gateway.online && gateway.revoked_at === null && <p className={classes["offline"]}>{t("offline_long")}</p>}
      <dl className={classes["facts"]}>
        {gateway.version && (
          <div>
            <dt>{t("fact.version")}</dt>
            <dd>{gateway.version}</dd>
          </div>
        )}
        {gateway.version && (
          <div>
            <dt>{t("fact.protocol")}</dt>
            <dd>{gateway.protocol}</dd>
          </div>
        )}
        <div>
          <dt>{t("fact.identity")}</dt>
          <dd>{t(`identity.${gateway.identity_mode}`)}</dd>
        </div>
        {gateway.sending !== null && gateway.online && <Sending sending={gateway.sending} />}
        {gateway.free_bytes > 0 && (
          <div>
            <dt>{t("fact.free")}</dt>
            <dd>{formatBytes(gateway.free_bytes)}</dd>
          </div>
        )}
        {gateway.clock_off && gateway.clock_ahead_ms !== null && (
          <div>
            <dt>{t("centre:clock.label")}</dt>
            <dd>
              <Chip tone="danger" shape="clock">
                {t("centre:clock.off", { seconds: count(gateway.clock_ahead_ms / 1000) })}
              </Chip>
            </dd>
          </div>
        )}
        {gateway.version && (
          <div>
            <dt>{t("health:clock.label")}</dt>
            <dd>
              {gateway.clock_state === "unsynchronised" ? (
                <Chip tone="attention" shape="clock">
                  {t("health:clock.unsynchronised")}
                </Chip>
              ) : (
                t(`health:clock.${gateway.clock_state}`)
              )}
            </dd>
          </div>
        )}
        <div>
          <dt>{t("fact.enrolled")}</dt>
          <dd>
            <InstantText value={gateway.enrolled_at} />
          </dd>
        </div>
        <div>
          <dt>{t("fact.certificate")}</dt>
          <dd>
            <Certificate notAfter={gateway.certificate_not_after} />
          </dd>
        </div>
      </dl>
      <Health gateway={gateway} />
      <UnreadOrders gateway={gateway} />
      <Refusals gateway={gateway} />
      <Studies studies={gateway.studies} />
      <PriorRules told={gateway.prior_rules} />
    </section>
  );
}

function Presence({ gateway }: { readonly gateway: Gateway }): JSX.Element {
  const { t } = useTranslation("gateways");
  const duration = useDurationText();
  const now = useHubNow(5000);
  if (gateway.revoked_at !== null) {
    return (
      <Chip tone="idle" shape="slash" framed>
        {t("revoked")}
      </Chip>
    );
  }
  if (gateway.online) {
    return (
      <Chip tone="active" shape="full" framed>
        {t("online")}
      </Chip>
    );
  }
  const since = gateway.last_seen_at ? now - Date.parse(gateway.last_seen_at) : null;
  return (
    <Chip tone="danger" shape="stop" framed>
      {since === null || Number.isNaN(since) ? t("never_seen") : t("offline", { time: duration(since) })}
    </Chip>
  );
}

function Certificate({ notAfter }: { readonly notAfter: string }): JSX.Element {
  const { t } = useTranslation("gateways");
  const state = certificateState(notAfter, hubNow());
  if (state === "valid") return <InstantText value={notAfter} />;
  return (
    <Chip tone={state === "ended" ? "danger" : "attention"} shape={state === "ended" ? "stop" : "triangle"}>
      {t(`certificate.${state}`)} <InstantText value={notAfter} />
    </Chip>
  );
}
