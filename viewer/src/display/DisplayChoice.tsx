import { Button, NativeSelect } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { OwnDisplay } from "@/api/types";
import { FailedLine } from "@/ui/States";
import { useChooseDisplay } from "./api";
import classes from "./Display.module.css";

/** Which registered display this device stands at: chosen, and confirmed by a press. */
export function DisplayChoice({ own }: { readonly own: OwnDisplay }): JSX.Element {
  const { t } = useTranslation("displays");
  const choose = useChooseDisplay();
  const present = own.standing.display?.display_id ?? "";
  const [wanted, setWanted] = useState(present);
  if (own.choices.length === 0) return <p className={classes["quiet"]}>{t("choice.none")}</p>;
  return (
    <div className={classes["choice"]}>
      <NativeSelect
        size="xs"
        label={t("choice.label")}
        value={wanted}
        data={[
          { value: "", label: t("choice.unregistered") },
          ...own.choices.map((one) => ({
            value: one.display_id,
            label: `${one.name}  ${one.maker} ${one.model} S/N ${one.serial}`,
          })),
        ]}
        onChange={({ currentTarget }) => setWanted(currentTarget.value)}
      />
      <Button
        size="xs"
        disabled={wanted === present}
        loading={choose.isPending}
        onClick={() => choose.mutate(wanted || null)}
      >
        {t("choice.confirm")}
      </Button>
      {choose.error && <FailedLine error={choose.error} />}
    </div>
  );
}
