import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { Drop } from "@/ui/Drop";
import classes from "./Form.module.css";
import { ATTACHABLE, refusalOf, REFUSALS, type Refusal } from "./model";

interface Refused {
  readonly why: Refusal;
  readonly names: readonly string[];
}

/** Takes PDF and pictures by drop or by a button; says of anything else that it is not taken. */
export function FileDrop({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }): JSX.Element {
  const { t } = useTranslation("requests");
  const [refused, setRefused] = useState<readonly Refused[]>([]);
  const take = (files: readonly File[]): void => {
    const names = (why: Refusal): string[] => files.filter((file) => refusalOf(file) === why).map(({ name }) => name);
    setRefused(REFUSALS.map((why) => ({ why, names: names(why) })).filter((one) => one.names.length > 0));
    const taken = files.filter((file) => refusalOf(file) === null);
    if (taken.length > 0) onFiles(taken);
  };
  return (
    <>
      <Drop word={t("form.choose_files")} accept={ATTACHABLE} multiple onFiles={take}>
        <span className={classes["quiet"]}>{t("form.drop")}</span>
      </Drop>
      {refused.map(({ why, names }) => (
        <p key={why} role="alert" className={classes["refused"]}>
          {t(why === "kind" ? "form.not_taken" : "form.too_large", { names: names.join(t("and")) })}
        </p>
      ))}
    </>
  );
}
