import { Button, Checkbox } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { ReaderProfile } from "@/api/types";
import { FailedLine } from "@/ui/States";
import { useRecordCertificate, useRemoveCertificate } from "./api";
import { CertificateFacts } from "./CertificateFacts";
import { CertificateFile, type ChosenCertificate } from "./CertificateFile";
import { OfferedCertificate } from "./OfferedCertificate";
import classes from "./Rights.module.css";

export interface CertificateFieldsProps {
  readonly personId: string;
  readonly profile: ReaderProfile;
}

/** The certificate of a physician's card, recorded beforehand so that no other card signs in their name (REC-17). */
export function CertificateFields({ personId, profile }: CertificateFieldsProps): JSX.Element {
  const { t } = useTranslation("certificates");
  const record = useRecordCertificate();
  const remove = useRemoveCertificate();
  const [chosen, setChosen] = useState<ChosenCertificate | null>(null);
  const [compared, setCompared] = useState(false);
  const { certificate } = profile;
  const recorded = (): void => {
    setChosen(null);
    setCompared(false);
  };
  const put = ({ pem }: ChosenCertificate): void => record.mutate({ personId, pem, compared }, { onSuccess: recorded });
  const error = record.error ?? remove.error;
  return (
    <section className={classes["form"]} aria-labelledby="signing-certificate">
      <h3 id="signing-certificate" className={classes["title"]}>
        {t("own.title")}
      </h3>
      <p className={classes["text"]}>{t("own.text")}</p>
      {certificate ? (
        <dl className={classes["facts"]}>
          <CertificateFacts certificate={certificate} />
        </dl>
      ) : (
        <p className={classes["quiet"]}>{t("own.none")}</p>
      )}
      {profile.offered && <OfferedCertificate personId={personId} offered={profile.offered} />}
      {error && <FailedLine error={error} />}
      {chosen && (
        <>
          <p className={classes["text"]}>{t("own.chosen", { name: chosen.name })}</p>
          <Checkbox
            label={t("own.compared")}
            checked={compared}
            onChange={(event) => setCompared(event.currentTarget.checked)}
          />
        </>
      )}
      <div className={classes["buttons"]}>
        {certificate && (
          <Button variant="subtle" color="red" onClick={() => remove.mutate(personId)} loading={remove.isPending}>
            {t("own.remove")}
          </Button>
        )}
        <CertificateFile onChosen={setChosen} />
        {chosen && (
          <Button onClick={() => put(chosen)} loading={record.isPending}>
            {t("own.record")}
          </Button>
        )}
      </div>
    </section>
  );
}
