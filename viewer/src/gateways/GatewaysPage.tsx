import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { pollJson } from "@/api/client";
import type { Gateway } from "@/api/types";
import { useSession } from "@/session/api";
import { Live } from "@/ui/Live";
import { Page } from "@/ui/Page";
import { Empty, Failed, LoadingRows } from "@/ui/States";
import { GatewayCard } from "./GatewayCard";
import classes from "./Gateways.module.css";
import { InviteGateway } from "./InviteGateway";
import { gatewaysByNeed } from "./model";

const EVERY = 3000;

/** Every hospital's program: is it there, is it current, and where is each study on its way. */
export default function GatewaysPage(): JSX.Element {
  const { t } = useTranslation(["gateways", "lines"]);
  const { session } = useSession();
  const [inviting, setInviting] = useState(false);
  const query = useQuery({
    queryKey: ["gateways"],
    queryFn: ({ signal }) => pollJson<readonly Gateway[]>("/api/v1/gateways", signal),
    refetchInterval: EVERY,
  });
  const gateways = query.data;
  return (
    <Page
      title={t("title")}
      lead={t("lead")}
      aside={
        <div className={classes["aside"]}>
          <Link href="/lines">{t("lines:open")}</Link>
          <Live updatedAt={query.dataUpdatedAt} staleAfter={3 * EVERY} failed={query.isRefetchError} />
          {session.permissions.includes("gateways.manage") && (
            <Button variant="default" onClick={() => setInviting(true)}>
              {t("invite.open")}
            </Button>
          )}
        </div>
      }
    >
      {gateways === undefined ? (
        query.error ? (
          <Failed error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <LoadingRows rows={8} />
        )
      ) : gateways.length === 0 ? (
        <Empty title={t("empty")}>{t("empty_text")}</Empty>
      ) : (
        gatewaysByNeed(gateways).map((gateway) => <GatewayCard key={gateway.gateway_id} gateway={gateway} />)
      )}
      {inviting && <InviteGateway onClose={() => setInviting(false)} />}
    </Page>
  );
}
