import { Button, TextInput } from "@mantine/core";
import { useState, type JSX, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import type { ListedPerson } from "@/api/types";
import { Dialog } from "@/ui/Dialog";
import { FailedLine } from "@/ui/States";
import { useSetEnd } from "./api";
import { dayOrNone } from "./model";
import classes from "./Rights.module.css";

export interface EndDialogProps {
  readonly person: ListedPerson;
  readonly onClose: () => void;
}

/** The last day of an account, as in the contract (AUTH-15). */
export function EndDialog({ person, onClose }: EndDialogProps): JSX.Element {
  const { t } = useTranslation("rights");
  const end = useSetEnd();
  const [day, setDay] = useState(person.ends_on ?? "");
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    end.mutate({ personId: person.person_id, endsOn: dayOrNone(day) }, { onSuccess: onClose });
  };
  return (
    <Dialog onClose={onClose} title={t("end.of", { name: person.display_name })} closeLabel={t("close")}>
      <form onSubmit={submit} className={classes["form"]}>
        {end.error && <FailedLine error={end.error} />}
        <TextInput
          type="date"
          label={t("field.ends_on")}
          description={t("end.hint")}
          value={day}
          onChange={(event) => setDay(event.currentTarget.value)}
          data-autofocus
        />
        <div className={classes["buttons"]}>
          <Button variant="default" onClick={onClose}>
            {t("close")}
          </Button>
          <Button type="submit" loading={end.isPending}>
            {t("end.set")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
