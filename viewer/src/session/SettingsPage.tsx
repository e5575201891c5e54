import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { AheadSettings } from "@/ahead/AheadSettings";
import { call, getJson } from "@/api/client";
import type { OpenSession } from "@/api/types";
import { ThisDisplay } from "@/display/ThisDisplay";
import { DictationSettings } from "@/dictation/DictationSettings";
import { OwnProfile } from "@/rights/OwnProfile";
import { OwnRoleRequests } from "@/rights/OwnRoleRequests";
import { MailAddress } from "@/messages/MailAddress";
import { Chip } from "@/ui/Chip";
import { Page } from "@/ui/Page";
import { Failed, FailedLine, LoadingRows } from "@/ui/States";
import table from "@/ui/Table.module.css";
import { InstantText } from "@/ui/Written";
import { useMay } from "./api";
import { deviceOf } from "./device";
import { firstPlace, OWN_PLACE } from "./nextPlace";
import classes from "./Session.module.css";

const KEY = ["sessions"] as const;
const METHODS = ["passkey", "password", "substitute", "emergency"] as const;

/** My open sessions, here and on other machines, each of which I can end from here. */
export default function SettingsPage(): JSX.Element {
  const { t } = useTranslation("session");
  const query = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => getJson<readonly OpenSession[]>("/api/v1/sessions", signal),
  });
  const may = useMay();
  return (
    <Page title={t("sessions.page")} lead={t("sessions.page_lead")}>
      {firstPlace(may) === OWN_PLACE && <p className={classes["nowhere"]}>{t("sessions.nowhere")}</p>}
      <h2 className={classes["part"]}>{t("sessions.title")}</h2>
      <p className={classes["partLead"]}>{t("sessions.lead")}</p>
      {query.data ? (
        <Sessions sessions={query.data} />
      ) : query.error ? (
        <Failed error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingRows rows={3} />
      )}
      <div className={classes["more"]}>
        <ThisDisplay />
        <OwnProfile />
        <OwnRoleRequests />
      </div>
      {may("images.read") && may("worklist.claim") && <AheadSettings />}
      <DictationSettings />
      <MailAddress />
    </Page>
  );
}

function Sessions({ sessions }: { readonly sessions: readonly OpenSession[] }): JSX.Element {
  const { t } = useTranslation("session");
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: (sessionId: string) => call(`/api/v1/sessions/${encodeURIComponent(sessionId)}`, { method: "DELETE" }),
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
  return (
    <>
      {end.error && <FailedLine error={end.error} />}
      <div className={table["frame"]} tabIndex={0} role="region" aria-label={t("sessions.title")}>
        <table className={table["table"]}>
          <thead>
            <tr>
              <th scope="col">{t("sessions.device")}</th>
              <th scope="col">{t("sessions.address")}</th>
              <th scope="col">{t("sessions.method")}</th>
              <th scope="col">{t("sessions.since")}</th>
              <th scope="col">{t("sessions.seen")}</th>
              <th scope="col">
                <span className="visually-hidden">{t("sessions.end")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {sessions.map((session) => (
              <tr key={session.session_id}>
                <td title={session.user_agent}>{deviceOf(session.user_agent) || t("sessions.unknown_device")}</td>
                <td>{session.address}</td>
                <td>{t(`sessions.${METHODS.find((known) => known === session.method) ?? "password"}`)}</td>
                <td>
                  <InstantText value={session.created_at} />
                </td>
                <td>
                  <InstantText value={session.last_seen_at} />
                </td>
                <td className={table["end"]}>
                  {session.current ? (
                    <Chip tone="active" shape="full">
                      {t("sessions.here")}
                    </Chip>
                  ) : (
                    <Button
                      size="compact-sm"
                      variant="default"
                      loading={end.isPending && end.variables === session.session_id}
                      onClick={() => end.mutate(session.session_id)}
                    >
                      {t("sessions.end")}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
