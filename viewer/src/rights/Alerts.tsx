import { Button } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Chip } from "@/ui/Chip";
import { FailedLine } from "@/ui/States";
import { InstantText } from "@/ui/Written";
import { useAlerts, useSettle } from "./api";
import { knownAlert } from "./model";
import classes from "./Rights.module.css";
import { Listed, Section } from "./Section";
import { Table } from "./Table";

/** What happened that somebody of the office has to look into; settled ones stay in sight. */
export function Alerts(): JSX.Element {
  const { t } = useTranslation("rights");
  const settle = useSettle();
  return (
    <Section title={t("alerts.title")} lead={t("alerts.lead")}>
      {settle.error && <FailedLine error={settle.error} />}
      <Listed query={useAlerts()} none={t("alerts.none")}>
        {(alerts) => (
          <Table
            label={t("alerts.title")}
            columns={[t("column.when"), t("column.what"), t("column.who"), t("column.from")]}
            actions={t("column.actions")}
          >
            {alerts.map((alert) => (
              <tr key={alert.alert_id}>
                <td>
                  <InstantText value={alert.at} />
                </td>
                <td className={classes["wrap"]}>
                  {t(`alert.${knownAlert(alert.kind)}`)} <span className={classes["quiet"]}>{alert.more}</span>
                </td>
                <td>{alert.display_name}</td>
                <td>{alert.address}</td>
                <td style={{ textAlign: "end" }}>
                  {alert.seen_at === null ? (
                    <Button
                      size="compact-sm"
                      variant="default"
                      loading={settle.isPending && settle.variables === alert.alert_id}
                      onClick={() => settle.mutate(alert.alert_id)}
                    >
                      {t("alerts.settle")}
                    </Button>
                  ) : (
                    <Chip tone="idle" shape="check">
                      {t("alerts.settled")}
                    </Chip>
                  )}
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Listed>
    </Section>
  );
}
