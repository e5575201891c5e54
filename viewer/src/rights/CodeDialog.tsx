import { Button } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "@/ui/Dialog";
import classes from "./Rights.module.css";

export interface CodeDialogProps {
  readonly title: string;
  readonly text: string;
  readonly codes: readonly (readonly [string, string])[];
  readonly onClose: () => void;
}

/** Codes that are shown this once. */
export function CodeDialog({ title, text, codes, onClose }: CodeDialogProps): JSX.Element {
  const { t } = useTranslation("rights");
  return (
    <Dialog onClose={onClose} title={title} closeLabel={t("close")}>
      <div className={classes["form"]}>
        <p className={classes["text"]}>{text}</p>
        {codes.map(([label, code]) => (
          <div key={label}>
            <span className={classes["quiet"]}>{label}</span>
            <code className={classes["code"]} data-code="">
              {code}
            </code>
          </div>
        ))}
        <div className={classes["buttons"]}>
          <Button onClick={onClose}>{t("close")}</Button>
        </div>
      </div>
    </Dialog>
  );
}
