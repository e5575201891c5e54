import { Button, TextInput } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "@/ui/Dialog";
import { FailedLine } from "@/ui/States";
import { dayAhead, morningOf } from "./working";
import classes from "./Worklist.module.css";

export interface DeferDialogProps {
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onDefer: (until: string, reason: string) => void;
  readonly onClose: () => void;
}

/** Until which morning, and why: nothing is put off without a word. */
export function DeferDialog({ busy, error, onDefer, onClose }: DeferDialogProps): JSX.Element {
  const { t } = useTranslation("working");
  const [day, setDay] = useState(() => dayAhead(1));
  const [reason, setReason] = useState("");
  const said = reason.trim();
  return (
    <Dialog title={t("defer.title")} closeLabel={t("cancel")} onClose={onClose} held={busy}>
      <form
        className={classes["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          if (said && day) onDefer(morningOf(day), said);
        }}
      >
        <TextInput
          type="date"
          label={t("defer.until")}
          value={day}
          min={dayAhead(1)}
          max={dayAhead(90)}
          onChange={(event) => setDay(event.currentTarget.value)}
          required
        />
        <TextInput
          label={t("defer.reason")}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={500}
          required
          data-autofocus
        />
        <p className={classes["none"]}>{t("defer.hint")}</p>
        {error && <FailedLine error={error} />}
        <div className={classes["buttons"]}>
          <Button variant="default" onClick={onClose} disabled={busy}>
            {t("cancel")}
          </Button>
          <Button type="submit" loading={busy} disabled={!said || !day}>
            {t("defer.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
