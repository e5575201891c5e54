import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Report, WorklistItem } from "@/api/types";
import { useSession } from "@/session/api";
import { FailedLine } from "@/ui/States";
import { amend, reportKey } from "./api";
import classes from "./Report.module.css";

/** 追記: whoever signed may begin a new version; the signed one is never written over. */
export function Amend({ item, report }: { readonly item: WorklistItem; readonly report: Report }): JSX.Element | null {
  const { t } = useTranslation("report");
  const { session } = useSession();
  const client = useQueryClient();
  const itemId = item.worklist_item_id;
  const begin = useMutation({
    mutationFn: () => amend(itemId),
    onSuccess: (opened) => client.setQueryData(reportKey(itemId), opened),
  });
  const signed = report.signatures.some(({ person_id }) => person_id === session.person.person_id);
  if (!signed || !session.permissions.includes("report.sign")) return null;
  return (
    <div className={classes["notice"]}>
      <p>{t("amend_hint")}</p>
      <Button size="xs" variant="default" loading={begin.isPending} onClick={() => begin.mutate()}>
        {t("amend")}
      </Button>
      {begin.error && <FailedLine error={begin.error} />}
    </div>
  );
}
