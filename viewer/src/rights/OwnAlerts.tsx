import { Button } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { SecurityAlert } from "@/api/types";
import { deviceOf } from "@/session/device";
import { ShapeMark } from "@/ui/shapes";
import { InstantText } from "@/ui/Written";
import notice from "@/ui/Notice.module.css";
import { useAcknowledge, useEndElsewhere, useOwnAlerts } from "./api";
import { knownAlert } from "./model";

/** What happened to my account since I last said that I know: over the page until its owner has answered. */
export function OwnAlerts(): JSX.Element | null {
  const alerts = useOwnAlerts().data ?? [];
  const [first] = alerts;
  return first === undefined ? null : <Told alert={first} more={alerts.length - 1} />;
}

function Told({ alert, more }: { readonly alert: SecurityAlert; readonly more: number }): JSX.Element {
  const { t } = useTranslation("rights");
  const acknowledge = useAcknowledge();
  const end = useEndElsewhere();
  const sessionId = alert.kind === "signed_in_elsewhere" ? alert.session_id : null;
  const from = [deviceOf(alert.device), alert.address].filter(Boolean).join(" · ");
  const busy = acknowledge.isPending || end.isPending;
  return (
    <div className={notice["bar"]} role="status" data-own-alert={alert.kind}>
      <ShapeMark shape="triangle" />
      <p>
        <strong>{t(`alert.${knownAlert(alert.kind)}`)}</strong> <InstantText value={alert.at} />
        {from && ` · ${from}`}
        {more > 0 && ` · ${t("own.more", { count: more })}`}
      </p>
      {sessionId !== null && (
        <Button
          size="compact-sm"
          variant="default"
          disabled={busy}
          onClick={() => {
            end.mutate(sessionId, { onSettled: () => acknowledge.mutate(alert.alert_id) });
          }}
        >
          {t("own.end")}
        </Button>
      )}
      <Button size="compact-sm" variant="default" disabled={busy} onClick={() => acknowledge.mutate(alert.alert_id)}>
        {t(sessionId === null ? "own.seen" : "own.mine")}
      </Button>
    </div>
  );
}
