import { Button } from "@mantine/core";
import { useRef, useState, type DragEvent, type JSX } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Form.module.css";
import { ATTACHABLE, refusalOf, REFUSALS, type Refusal } from "./model";

interface Refused {
  readonly why: Refusal;
  readonly names: readonly string[];
}

/** Takes PDF and pictures by drop or by a button; says of anything else that it is not taken. */
export function FileDrop({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }): JSX.Element {
  const { t } = useTranslation("requests");
  const [over, setOver] = useState(false);
  const [refused, setRefused] = useState<readonly Refused[]>([]);
  const input = useRef<HTMLInputElement>(null);
  const take = (files: readonly File[]): void => {
    const names = (why: Refusal): string[] => files.filter((file) => refusalOf(file) === why).map(({ name }) => name);
    setRefused(REFUSALS.map((why) => ({ why, names: names(why) })).filter((one) => one.names.length > 0));
    const taken = files.filter((file) => refusalOf(file) === null);
    if (taken.length > 0) onFiles(taken);
  };
  const dropped = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    take([...event.dataTransfer.files]);
  };
  return (
    <>
      <div
        className={classes["drop"]}
        data-over={over}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={dropped}
      >
        <span className={classes["quiet"]}>{t("form.drop")}</span>
        <Button size="xs" variant="default" onClick={() => input.current?.click()}>
          {t("form.choose_files")}
        </Button>
        <input
          ref={input}
          type="file"
          hidden
          multiple
          accept={ATTACHABLE}
          aria-label={t("form.choose_files")}
          onChange={(event) => {
            take([...(event.currentTarget.files ?? [])]);
            event.currentTarget.value = "";
          }}
        />
      </div>
      {refused.map(({ why, names }) => (
        <p key={why} role="alert" className={classes["refused"]}>
          {t(why === "kind" ? "form.not_taken" : "form.too_large", { names: names.join(t("and")) })}
        </p>
      ))}
    </>
  );
}
