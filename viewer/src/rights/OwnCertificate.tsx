import { Button } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { ReaderProfile } from "@/api/types";
import { FailedLine } from "@/ui/States";
import { useOfferCertificate, useTakeBackCertificate } from "./api";
import { CertificateFacts } from "./CertificateFacts";
import { CertificateFile, type ChosenCertificate } from "./CertificateFile";
import classes from "./Rights.module.css";

/** A physician says which certificate is that of their card; it signs nothing before an administrator confirms it. */
export function OwnCertificate({ profile }: { readonly profile: ReaderProfile }): JSX.Element {
  const { t } = useTranslation("certificates");
  const offer = useOfferCertificate();
  const takeBack = useTakeBackCertificate();
  const [chosen, setChosen] = useState<ChosenCertificate | null>(null);
  const error = offer.error ?? takeBack.error;
  const { offered } = profile;
  return (
    <section className={classes["form"]} aria-labelledby="own-certificate">
      <h3 id="own-certificate" className={classes["title"]}>
        {t("own.title")}
      </h3>
      <p className={classes["text"]}>{t("offer.text")}</p>
      {offered && (
        <>
          <p className={classes["text"]}>{t("offer.waiting")}</p>
          <dl className={classes["facts"]}>
            <CertificateFacts certificate={offered} />
          </dl>
        </>
      )}
      {error && <FailedLine error={error} />}
      {chosen && <p className={classes["text"]}>{t("own.chosen", { name: chosen.name })}</p>}
      <div className={classes["buttons"]}>
        {offered && (
          <Button variant="subtle" color="red" onClick={() => takeBack.mutate()} loading={takeBack.isPending}>
            {t("offer.take_back")}
          </Button>
        )}
        <CertificateFile onChosen={setChosen} />
        {chosen && (
          <Button
            onClick={() => offer.mutate(chosen.pem, { onSuccess: () => setChosen(null) })}
            loading={offer.isPending}
          >
            {t("offer.send")}
          </Button>
        )}
      </div>
    </section>
  );
}
