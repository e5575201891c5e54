import { Button, CopyButton, NativeSelect } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { sendJson } from "@/api/client";
import { useSitesWith } from "@/session/api";
import { Dialog } from "@/ui/Dialog";
import { FailedLine } from "@/ui/States";
import classes from "./Gateways.module.css";

/** A one-time code for one gateway of a site, shown this once. */
export function InviteGateway({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const { t } = useTranslation(["gateways", "ui"]);
  const sites = useSitesWith("gateways.manage");
  const [siteId, setSiteId] = useState(sites[0]?.site_id ?? "");
  const invite = useMutation({
    mutationFn: () => sendJson<{ code: string }>("POST", `/api/v1/gateways/invitations/${encodeURIComponent(siteId)}`),
  });
  const code = invite.data?.code;
  return (
    <Dialog title={t("invite.open")} closeLabel={t("invite.close")} onClose={onClose}>
      <div className={classes["form"]}>
        {invite.error && <FailedLine error={invite.error} />}
        {code === undefined ? (
          <NativeSelect
            label={t("invite.site")}
            value={siteId}
            onChange={(event) => setSiteId(event.currentTarget.value)}
            data={sites.map(({ site_id, name }) => ({ value: site_id, label: name }))}
          />
        ) : (
          <>
            <p>{t("invite.text")}</p>
            <code>{t("invite.command")}</code>
            <code className={classes["code"]} data-enrolment-code="">
              {code}
            </code>
          </>
        )}
        <div className={classes["buttons"]}>
          <Button variant="default" onClick={onClose}>
            {t("invite.close")}
          </Button>
          {code === undefined ? (
            <Button onClick={() => invite.mutate()} loading={invite.isPending} disabled={!siteId}>
              {t("invite.make")}
            </Button>
          ) : (
            <CopyButton value={code}>
              {({ copied, copy }) => <Button onClick={copy}>{copied ? t("ui:copied") : t("ui:copy")}</Button>}
            </CopyButton>
          )}
        </div>
      </div>
    </Dialog>
  );
}
