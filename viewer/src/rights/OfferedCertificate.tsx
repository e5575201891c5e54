import { Button, Checkbox } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { SigningCertificate } from "@/api/types";
import { FailedLine } from "@/ui/States";
import { useConfirmCertificate, useDeclineCertificate } from "./api";
import { CertificateFacts } from "./CertificateFacts";
import classes from "./Rights.module.css";

export interface OfferedCertificateProps {
  readonly personId: string;
  readonly offered: SigningCertificate;
}

/** What a physician says is their certificate, for an administrator to compare and confirm. */
export function OfferedCertificate({ personId, offered }: OfferedCertificateProps): JSX.Element {
  const { t } = useTranslation("certificates");
  const confirm = useConfirmCertificate();
  const decline = useDeclineCertificate();
  const [compared, setCompared] = useState(false);
  const error = confirm.error ?? decline.error;
  const { fingerprint } = offered;
  return (
    <div className={classes["form"]} role="group" aria-label={t("offer.from_holder")}>
      <p className={classes["text"]}>{t("offer.from_holder")}</p>
      <dl className={classes["facts"]}>
        <CertificateFacts certificate={offered} />
      </dl>
      {error && <FailedLine error={error} />}
      <Checkbox
        label={t("own.compared")}
        checked={compared}
        onChange={(event) => setCompared(event.currentTarget.checked)}
      />
      <div className={classes["buttons"]}>
        <Button variant="subtle" color="red" onClick={() => decline.mutate(personId)} loading={decline.isPending}>
          {t("offer.decline")}
        </Button>
        <Button onClick={() => confirm.mutate({ personId, fingerprint, compared })} loading={confirm.isPending}>
          {t("offer.confirm")}
        </Button>
      </div>
    </div>
  );
}
