import { Button, NumberInput, Textarea } from "@mantine/core";
import { useState, type JSX, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "@/ui/Dialog";
import { FailedLine } from "@/ui/States";
import { useOpenEmergency } from "./api";
import { CodeDialog } from "./CodeDialog";
import classes from "./Rights.module.css";

const USUAL_HOURS = 8;
const MOST_HOURS = 24;
const LONGEST_REASON = 500;

/** Opens the emergency account, which alarms everybody who administers (AUTH-16). */
export function EmergencyDialog({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const { t } = useTranslation("rights");
  const open = useOpenEmergency();
  const [reason, setReason] = useState("");
  const [hours, setHours] = useState(USUAL_HOURS);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    open.mutate({ reason: reason.trim(), hours });
  };
  if (open.data) {
    return (
      <CodeDialog
        title={t("emergency.opened")}
        text={t("emergency.opened_text")}
        codes={[
          [t("code.first"), open.data.first_code],
          [t("code.second"), open.data.second_code],
        ]}
        onClose={onClose}
      />
    );
  }
  return (
    <Dialog onClose={onClose} title={t("emergency.open")} closeLabel={t("close")}>
      <form onSubmit={submit} className={classes["form"]}>
        {open.error && <FailedLine error={open.error} />}
        <p className={classes["text"]}>{t("emergency.text")}</p>
        <Textarea
          label={t("emergency.reason")}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={LONGEST_REASON}
          autosize
          minRows={2}
          required
          withAsterisk={false}
          data-autofocus
        />
        <NumberInput
          label={t("field.hours")}
          value={hours}
          onChange={(value) => setHours(Number(value) || 1)}
          min={1}
          max={MOST_HOURS}
          hideControls
        />
        <div className={classes["buttons"]}>
          <Button variant="default" onClick={onClose}>
            {t("close")}
          </Button>
          <Button type="submit" loading={open.isPending}>
            {t("emergency.do")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
