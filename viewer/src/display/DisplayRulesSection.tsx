import { Button, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useState, type JSX, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import type { DisplayRules } from "@/api/types";
import { Section } from "@/rights/Section";
import { Chip, type Tone } from "@/ui/Chip";
import type { Shape } from "@/ui/shapes";
import { FailedLine } from "@/ui/States";
import { DayText } from "@/ui/Written";
import { useDisplayRules, useSetDisplayRules } from "./api";
import classes from "./Display.module.css";

const MODES = ["enforce", "warn", "off"] as const;
const MODE_LOOKS: Readonly<Record<DisplayRules["mode"], readonly [Tone, Shape]>> = {
  enforce: ["good", "check"],
  warn: ["attention", "triangle"],
  off: ["attention", "slash"],
};

/** Whether mammograms are signed on a valid display only; a waiver has its reason, its name and its day. */
export function DisplayRulesSection({ changeable }: { readonly changeable: boolean }): JSX.Element | null {
  const { t } = useTranslation("displays");
  const { data } = useDisplayRules();
  if (data === undefined) return null;
  const [tone, shape] = MODE_LOOKS[data.mode];
  return (
    <Section
      title={t("rules.title")}
      lead={t("rules.lead")}
      aside={
        <Chip tone={tone} shape={shape} framed>
          {t(`mode.${data.mode}`)}
        </Chip>
      }
    >
      {data.mode === "off" && (
        <p className={classes["said"]}>
          {t("waived", { reason: data.reason, name: data.set_by })}{" "}
          {data.set_at !== null && <DayText value={data.set_at.slice(0, 10)} />}
        </p>
      )}
      {changeable && <Form key={JSON.stringify(data)} rules={data} />}
    </Section>
  );
}

function Form({ rules }: { readonly rules: DisplayRules }): JSX.Element {
  const { t } = useTranslation("displays");
  const set = useSetDisplayRules();
  const { mode, reason, months_mammography, months_other } = rules;
  const present = { mode, reason, months_mammography, months_other };
  const [wanted, setWanted] = useState(present);
  const put = (changed: Partial<typeof wanted>): void => setWanted({ ...wanted, ...changed });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    set.mutate(wanted);
  };
  const unchanged = JSON.stringify(wanted) === JSON.stringify(present);
  return (
    <form onSubmit={submit} className={classes["form"]}>
      {set.error && <FailedLine error={set.error} />}
      <div className={classes["three"]}>
        <NativeSelect
          label={t("rules.mode")}
          value={wanted.mode}
          data={MODES.map((one) => ({ value: one, label: t(`mode.${one}`) }))}
          onChange={({ currentTarget }) => put({ mode: MODES.find((one) => one === currentTarget.value) ?? "enforce" })}
        />
        <NumberInput
          label={t("rules.lasts_mammography")}
          value={wanted.months_mammography}
          min={1}
          max={6}
          allowDecimal={false}
          onChange={(typed) => put({ months_mammography: Number(typed) || 1 })}
        />
        <NumberInput
          label={t("rules.lasts_beside")}
          value={wanted.months_other}
          min={1}
          max={12}
          allowDecimal={false}
          onChange={(typed) => put({ months_other: Number(typed) || 1 })}
        />
      </div>
      {wanted.mode === "off" && (
        <TextInput
          label={t("rules.reason")}
          value={wanted.reason}
          maxLength={1000}
          required
          withAsterisk={false}
          onChange={(event) => put({ reason: event.currentTarget.value })}
        />
      )}
      <div className={classes["buttons"]}>
        <Button type="submit" loading={set.isPending} disabled={unchanged}>
          {t("save")}
        </Button>
      </div>
    </form>
  );
}
