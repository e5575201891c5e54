import { Button, TextInput } from "@mantine/core";
import { useState, type JSX, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import type { SiteContract } from "@/api/types";
import { Dialog } from "@/ui/Dialog";
import { FailedLine } from "@/ui/States";
import { useTerminate } from "./api";
import classes from "./Sites.module.css";

export interface TerminateDialogProps {
  readonly siteId: string;
  readonly contract: SiteContract;
  readonly today: string;
  readonly onClose: () => void;
}

/** An end before the term: what was asked for until then is still read. */
export function TerminateDialog({ siteId, contract, today, onClose }: TerminateDialogProps): JSX.Element {
  const { t } = useTranslation("sites");
  const terminate = useTerminate(siteId);
  const [lastDay, setLastDay] = useState(today);
  const [because, setBecause] = useState("");
  const version = contract.versions[0]?.number ?? 1;
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    terminate.mutate(
      { contractId: contract.contract_id, version, last_day: lastDay, because: because.trim() },
      { onSuccess: onClose },
    );
  };
  return (
    <Dialog title={t("contract.terminate")} closeLabel={t("close")} onClose={onClose}>
      <form onSubmit={submit} className={classes["form"]}>
        {terminate.error && <FailedLine error={terminate.error} />}
        <p className={classes["quiet"]}>{t("contract.terminate_text")}</p>
        <TextInput
          type="date"
          label={t("field.last_day")}
          value={lastDay}
          onChange={(event) => setLastDay(event.currentTarget.value)}
          required
          withAsterisk={false}
        />
        <TextInput
          label={t("field.because")}
          value={because}
          onChange={(event) => setBecause(event.currentTarget.value)}
          maxLength={1000}
          required
          withAsterisk={false}
          data-autofocus
        />
        <div className={classes["buttons"]}>
          <Button variant="default" onClick={onClose}>
            {t("close")}
          </Button>
          <Button type="submit" color="red" loading={terminate.isPending}>
            {t("contract.terminate")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
