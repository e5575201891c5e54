import { Button, CopyButton } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "@/ui/Dialog";
import type { EnrolmentLink } from "@/api/types";
import classes from "./People.module.css";

export interface LinkDialogProps {
  readonly name: string;
  readonly link: EnrolmentLink;
  readonly onClose: () => void;
}

/** The one-time link, shown this once. */
export function LinkDialog({ name, link, onClose }: LinkDialogProps): JSX.Element {
  const { t } = useTranslation(["people", "ui"]);
  const address = new URL(link.path, window.location.origin).href;
  return (
    <Dialog onClose={onClose} title={t("link_for", { name })} closeLabel={t("close")}>
      <div className={classes["form"]}>
        <p className={classes["text"]}>{t("link_text")}</p>
        <code className={classes["link"]} data-enrolment-link="">
          {address}
        </code>
        <div className={classes["buttons"]}>
          <Button variant="default" onClick={onClose}>
            {t("close")}
          </Button>
          <CopyButton value={address}>
            {({ copied, copy }) => <Button onClick={copy}>{copied ? t("ui:copied") : t("ui:copy")}</Button>}
          </CopyButton>
        </div>
      </div>
    </Dialog>
  );
}
