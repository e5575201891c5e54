import { Button } from "@mantine/core";
import { useRef, useState, type DragEvent, type JSX } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Form.module.css";
import { ATTACHABLE, attachable } from "./model";

/** Takes PDF and pictures by drop or by a button; says of anything else that it is not taken. */
export function FileDrop({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }): JSX.Element {
  const { t } = useTranslation("requests");
  const [over, setOver] = useState(false);
  const [refused, setRefused] = useState<readonly string[]>([]);
  const input = useRef<HTMLInputElement>(null);
  const take = (files: readonly File[]): void => {
    setRefused(files.filter(({ type }) => !attachable(type)).map(({ name }) => name));
    const taken = files.filter(({ type }) => attachable(type));
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
      {refused.length > 0 && (
        <p role="alert" className={classes["none"]}>
          {t("form.not_taken", { names: refused.join(t("and")) })}
        </p>
      )}
    </>
  );
}
