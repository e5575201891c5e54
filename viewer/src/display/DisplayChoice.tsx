import { Button, Checkbox } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { OwnDisplay } from "@/api/types";
import { FailedLine } from "@/ui/States";
import { useChooseDisplays } from "./api";
import classes from "./Display.module.css";
import { chosenOf } from "./looks";

/** Which registered displays stand at this device: chosen, and confirmed by a press. */
export function DisplayChoice({ own }: { readonly own: OwnDisplay }): JSX.Element {
  const { t } = useTranslation("displays");
  const choose = useChooseDisplays();
  const present = chosenOf(own);
  const [wanted, setWanted] = useState<string[]>(present);
  const same = wanted.length === present.length && wanted.every((one) => present.includes(one));
  if (own.choices.length === 0) return <p className={classes["quiet"]}>{t("choice.none")}</p>;
  return (
    <div className={classes["choice"]}>
      <Checkbox.Group
        size="sm"
        label={t("choice.label")}
        description={t("choice.hint")}
        value={wanted}
        onChange={setWanted}
      >
        <div className={classes["choices"]}>
          {own.choices.map((one) => (
            <Checkbox
              key={one.display_id}
              size="xs"
              value={one.display_id}
              label={`${one.name}  ${one.maker} ${one.model} S/N ${one.serial}`}
            />
          ))}
        </div>
      </Checkbox.Group>
      <Button size="xs" disabled={same} loading={choose.isPending} onClick={() => choose.mutate(wanted)}>
        {t("choice.confirm")}
      </Button>
      {choose.error && <FailedLine error={choose.error} />}
    </div>
  );
}
