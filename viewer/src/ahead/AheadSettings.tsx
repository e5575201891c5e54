import { Button, NativeSelect, Progress } from "@mantine/core";
import { useState, useSyncExternalStore, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { packs } from "@/packs/packs";
import { aheadBudget, CHOICES, chooseAheadBudget, useAheadBudget } from "./preference";
import classes from "./Ahead.module.css";

const GB = 1024 ** 3;
const MB = 1024 ** 2;
const WHOLE = 100;

const written = (bytes: number): string =>
  bytes >= GB ? `${(bytes / GB).toFixed(1)} GB` : `${Math.round(bytes / MB)} MB`;

/** How much of this computer's disk the next cases may take, how much they take now, and how they go at once. */
export function AheadSettings(): JSX.Element {
  const { t } = useTranslation("ahead");
  const budget = useAheadBudget();
  const state = useSyncExternalStore(packs.subscribe, packs.state);
  const [removing, setRemoving] = useState(false);
  const remove = async (): Promise<void> => {
    setRemoving(true);
    await packs.empty();
    setRemoving(false);
  };
  const said = state.failure !== "" ? "failed" : state.full ? "full" : "used";
  return (
    <section className={classes["settings"]} aria-labelledby="ahead-title">
      <h2 id="ahead-title">{t("title")}</h2>
      <p>{t("lead")}</p>
      <NativeSelect
        label={t("budget")}
        value={String(budget)}
        data={CHOICES.map((bytes) => ({ value: String(bytes), label: bytes === 0 ? t("off") : written(bytes) }))}
        onChange={({ currentTarget: { value } }) => chooseAheadBudget(Number(value))}
      />
      {budget > 0 && (
        <div className={classes["use"]}>
          <Progress value={Math.min((state.bytes / aheadBudget()) * WHOLE, WHOLE)} aria-label={t("title")} />
          <p role="status">{t(`state.${said}`, { used: written(state.bytes), budget: written(budget) })}</p>
          <Button variant="default" size="compact-sm" loading={removing} onClick={() => void remove()}>
            {t("remove")}
          </Button>
        </div>
      )}
    </section>
  );
}
