import { Button, FileButton } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { pemOf } from "./model";

const TAKEN = ".pem,.crt,.cer,.der,application/x-x509-ca-cert,application/pkix-cert";

export interface ChosenCertificate {
  readonly name: string;
  readonly pem: string;
}

/** A button that reads a certificate from a file, PEM or DER. */
export function CertificateFile({ onChosen }: { readonly onChosen: (chosen: ChosenCertificate) => void }): JSX.Element {
  const { t } = useTranslation("certificates");
  const choose = (file: File | null): void => {
    if (file === null) return;
    void file.arrayBuffer().then((bytes) => onChosen({ name: file.name, pem: pemOf(new Uint8Array(bytes)) }));
  };
  return (
    <FileButton accept={TAKEN} onChange={choose}>
      {(props) => (
        <Button {...props} variant="default">
          {t("own.choose")}
        </Button>
      )}
    </FileButton>
  );
}
