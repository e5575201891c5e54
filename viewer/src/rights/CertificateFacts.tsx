import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { SigningCertificate } from "@/api/types";
import { InstantText } from "@/ui/Written";

const PHYSICIAN = "Medical Doctor";

/** Whose certificate it is, what it vouches for, by whom and until when: rows of a list of facts. */
export function CertificateFacts({ certificate }: { readonly certificate: SigningCertificate }): JSX.Element {
  const { t } = useTranslation("certificates");
  return (
    <>
      <dt>{t("holder")}</dt>
      <dd>{certificate.name}</dd>
      <dt>{t("role")}</dt>
      <dd>{certificate.roles.map((role) => (role === PHYSICIAN ? t("physician") : role)).join(", ")}</dd>
      {certificate.licence_number !== "" && (
        <>
          <dt>{t("licence")}</dt>
          <dd>{certificate.licence_number}</dd>
        </>
      )}
      <dt>{t("issuer")}</dt>
      <dd>{certificate.issuer}</dd>
      <dt>{t("valid_until")}</dt>
      <dd>
        <InstantText value={certificate.valid_until} />
      </dd>
    </>
  );
}
