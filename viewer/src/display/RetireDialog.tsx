import { Button, TextInput } from "@mantine/core";
import { useState, type JSX, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import type { RegisteredDisplay } from "@/api/types";
import { Dialog } from "@/ui/Dialog";
import { FailedLine } from "@/ui/States";
import { useRetire } from "./api";
import classes from "./Display.module.css";

/** A display is read on no longer; its records stay. */
export function RetireDialog({
  display,
  onClose,
}: {
  readonly display: RegisteredDisplay;
  readonly onClose: () => void;
}): JSX.Element {
  const { t } = useTranslation("displays");
  const retire = useRetire();
  const [because, setBecause] = useState("");
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    retire.mutate({ displayId: display.display_id, because }, { onSuccess: onClose });
  };
  return (
    <Dialog title={t("retire_title", { name: display.name })} closeLabel={t("cancel")} onClose={onClose}>
      <form onSubmit={submit} className={classes["form"]}>
        {retire.error && <FailedLine error={retire.error} />}
        <TextInput
          label={t("field.because")}
          value={because}
          maxLength={1000}
          required
          withAsterisk={false}
          data-autofocus
          onChange={(event) => setBecause(event.currentTarget.value)}
        />
        <div className={classes["buttons"]}>
          <Button variant="default" onClick={onClose}>
            {t("cancel")}
          </Button>
          <Button type="submit" loading={retire.isPending} disabled={because.trim() === ""}>
            {t("retire")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
