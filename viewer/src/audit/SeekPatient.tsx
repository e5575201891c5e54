import { Button, TextInput } from "@mantine/core";
import { useState, type JSX, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import type { AuditStudy } from "@/api/types";
import { Dialog } from "@/ui/Dialog";
import { Empty, FailedLine } from "@/ui/States";
import { DayText } from "@/ui/Written";
import { useNameOfSite } from "@/session/useNameOfSite";
import { useSeek } from "./api";
import classes from "./Audit.module.css";
import { Whose } from "./Written";

export interface SeekPatientProps {
  readonly onClose: () => void;
  /** A site and a study of it; with `patient` every study of its patient is meant. */
  readonly onChosen: (site: string, study: string, patient: boolean) => void;
}

/** From a number to a study, whose UID the address may hold; the search itself is on record. */
export function SeekPatient({ onClose, onChosen }: SeekPatientProps): JSX.Element {
  const { t } = useTranslation("audit");
  const seek = useSeek();
  const [text, setText] = useState("");
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    seek.mutate(text);
  };
  return (
    <Dialog onClose={onClose} title={t("seek.title")} closeLabel={t("close")} wide>
      <div className={classes["form"]}>
        <form onSubmit={submit} className={classes["seek"]}>
          <TextInput
            label={t("seek.text")}
            description={t("seek.hint")}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            autoComplete="off"
            required
            withAsterisk={false}
            data-autofocus
          />
          <Button type="submit" loading={seek.isPending}>
            {t("seek.go")}
          </Button>
        </form>
        {seek.error && <FailedLine error={seek.error} />}
        {seek.data?.length === 0 && <Empty compact title={t("seek.nothing")} />}
        {seek.data && seek.data.length > 0 && <Found studies={seek.data} onChosen={onChosen} />}
      </div>
    </Dialog>
  );
}

interface FoundProps {
  readonly studies: readonly AuditStudy[];
  readonly onChosen: SeekPatientProps["onChosen"];
}

function Found({ studies, onChosen }: FoundProps): JSX.Element {
  const { t } = useTranslation("audit");
  const siteName = useNameOfSite();
  return (
    <ul className={classes["found"]}>
      {studies.map(({ site_id, study_instance_uid, patient }) => (
        <li key={`${site_id} ${study_instance_uid}`}>
          <div>
            <Whose patient={patient} />
            <span className={classes["quiet"]}>
              {siteName(site_id)} <DayText value={patient.study_date} />
            </span>
          </div>
          <div className={classes["buttons"]}>
            <Button size="xs" variant="default" onClick={() => onChosen(site_id, study_instance_uid, false)}>
              {t("seek.this_study")}
            </Button>
            <Button size="xs" onClick={() => onChosen(site_id, study_instance_uid, true)}>
              {t("seek.this_patient")}
            </Button>
          </div>
        </li>
      ))}
    </ul>
  );
}
