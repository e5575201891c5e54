import { Button, NativeSelect, NumberInput } from "@mantine/core";
import { useState, type JSX, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import type { CentreRules } from "@/api/types";
import classes from "@/rights/Rights.module.css";
import { Section } from "@/rights/Section";
import { FailedLine } from "@/ui/States";
import { useRules, useSetRules } from "./api";
import own from "./Centre.module.css";

const FORMS = ["long", "second_factor", "changed"] as const;
const SHORTEST = { long: 13, second_factor: 8, changed: 8 } as const;
const LONGEST = 64;

/** Only for administrators of the centre: whoever is one of a site alone does not see it. */
export function RulesSection(): JSX.Element | null {
  const { t } = useTranslation("centre");
  const { data } = useRules();
  if (data === undefined) return null;
  return (
    <Section title={t("rules.title")} lead={t("rules.lead")}>
      <Form key={JSON.stringify(data)} rules={data} />
    </Section>
  );
}

function Form({ rules }: { readonly rules: CentreRules }): JSX.Element {
  const { t } = useTranslation("centre");
  const set = useSetRules();
  const [wanted, setWanted] = useState(rules);
  const put = (changed: Partial<CentreRules>): void => setWanted({ ...wanted, ...changed });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    set.mutate(wanted);
  };
  const choose = (form: CentreRules["password_form"]): void =>
    put({ password_form: form, password_length: Math.max(wanted.password_length, SHORTEST[form]) });
  return (
    <form onSubmit={submit} className={classes["form"]}>
      {set.error && <FailedLine error={set.error} />}
      <NativeSelect
        label={t("rules.form")}
        description={t("rules.code_note")}
        value={wanted.password_form}
        data={FORMS.map((form) => ({ value: form, label: t(`rules.form_${form}`) }))}
        onChange={({ currentTarget }) => choose(FORMS.find((form) => form === currentTarget.value) ?? "second_factor")}
      />
      <div className={own["four"]}>
        <Count
          label={t("rules.length")}
          value={wanted.password_length}
          least={SHORTEST[wanted.password_form]}
          most={LONGEST}
          onChange={(password_length) => put({ password_length })}
        />
        {wanted.password_form === "changed" && (
          <Count
            label={t("rules.days")}
            value={wanted.password_days}
            most={60}
            onChange={(password_days) => put({ password_days })}
          />
        )}
        <Count
          label={t("rules.idle")}
          value={wanted.idle_lock_minutes}
          most={60}
          onChange={(idle_lock_minutes) => put({ idle_lock_minutes })}
        />
        <Count
          label={t("rules.dormant")}
          value={wanted.dormant_days}
          most={90}
          onChange={(dormant_days) => put({ dormant_days })}
        />
        <Button type="submit" loading={set.isPending} disabled={JSON.stringify(wanted) === JSON.stringify(rules)}>
          {t("save")}
        </Button>
      </div>
    </form>
  );
}

interface CountProps {
  readonly label: string;
  readonly value: number;
  readonly least?: number;
  readonly most: number;
  readonly onChange: (value: number) => void;
}

function Count({ label, value, least = 1, most, onChange }: CountProps): JSX.Element {
  return (
    <NumberInput
      label={label}
      value={value}
      min={least}
      max={most}
      clampBehavior="blur"
      allowDecimal={false}
      onChange={(typed) => onChange(Number(typed) || least)}
    />
  );
}
