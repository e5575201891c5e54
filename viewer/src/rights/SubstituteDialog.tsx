import { Button, Checkbox, NumberInput, Textarea } from "@mantine/core";
import { useState, type JSX, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import type { ListedPerson } from "@/api/types";
import { Dialog } from "@/ui/Dialog";
import { FailedLine } from "@/ui/States";
import { useAskSubstitute } from "./api";
import { CodeDialog } from "./CodeDialog";
import classes from "./Rights.module.css";

const USUAL_HOURS = 12;
const MOST_HOURS = 24;
const LONGEST_REASON = 500;

export interface SubstituteDialogProps {
  readonly person: ListedPerson;
  readonly onClose: () => void;
}

/** The first administrator's half of a way in without the key; another one issues the second (AUTH-06). */
export function SubstituteDialog({ person, onClose }: SubstituteDialogProps): JSX.Element {
  const { t } = useTranslation("rights");
  const ask = useAskSubstitute();
  const [reason, setReason] = useState("");
  const [hours, setHours] = useState(USUAL_HOURS);
  const [lost, setLost] = useState(false);
  const title = t("substitutes.for", { name: person.display_name });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    ask.mutate({ person_id: person.person_id, reason: reason.trim(), hours, lost });
  };
  if (ask.data) {
    return (
      <CodeDialog
        title={title}
        text={t("substitutes.first_text")}
        codes={[[t("code.first"), ask.data.code]]}
        onClose={onClose}
      />
    );
  }
  return (
    <Dialog onClose={onClose} title={title} closeLabel={t("close")}>
      <form onSubmit={submit} className={classes["form"]}>
        {ask.error && <FailedLine error={ask.error} />}
        <p className={classes["text"]}>{t("substitutes.text")}</p>
        <Textarea
          label={t("field.reason")}
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
        <Checkbox
          label={t("substitutes.lost")}
          description={t("substitutes.lost_hint")}
          checked={lost}
          onChange={(event) => setLost(event.currentTarget.checked)}
        />
        <div className={classes["buttons"]}>
          <Button variant="default" onClick={onClose}>
            {t("close")}
          </Button>
          <Button type="submit" loading={ask.isPending}>
            {t("substitutes.ask")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
