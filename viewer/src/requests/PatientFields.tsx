import { TextInput } from "@mantine/core";
import type { JSX, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Choices, DayField, Section } from "./fields";
import classes from "./Form.module.css";
import { katakana, SEXES } from "./model";
import type { PartProps } from "./parts";
import type { RequestPatient } from "./shapes";

/** Whose examination it is, as the hospital knows the patient. */
export function PatientFields({
  draft,
  change,
  wrong,
  known,
}: PartProps & { readonly known?: ReactNode }): JSX.Element {
  const { t } = useTranslation(["requests", "ui"]);
  const { patient } = draft;
  const edit = (part: Partial<RequestPatient>): void => change({ patient: { ...patient, ...part } });
  const name = (part: Partial<RequestPatient["name"]>): void => edit({ name: { ...patient.name, ...part } });
  return (
    <Section title={t("form.patient")}>
      <div className={classes["two"]}>
        <TextInput
          id="gap-patient_id"
          label={t("field.patient_id")}
          value={patient.patient_id}
          onChange={(event) => edit({ patient_id: event.currentTarget.value })}
          error={wrong("patient_id")}
          maxLength={64}
          autoComplete="off"
          spellCheck={false}
          aria-required
        />
        <Choices
          label={t("field.sex")}
          value={patient.sex}
          onChange={(sex) => edit({ sex })}
          options={[
            ...SEXES.map((sex) => ({ value: sex, label: t(`ui:sex.${sex}`) })),
            { value: "" as const, label: t("ui:unknown") },
          ]}
        />
      </div>
      {known}
      <div className={classes["three"]}>
        <TextInput
          id="gap-name"
          label={t("field.ideographic")}
          placeholder={t("field.ideographic_example")}
          value={patient.name.ideographic}
          onChange={(event) => name({ ideographic: event.currentTarget.value })}
          error={wrong("name")}
          lang="ja"
          autoComplete="off"
          aria-required
        />
        <TextInput
          label={t("field.phonetic")}
          placeholder={t("field.phonetic_example")}
          value={patient.name.phonetic}
          onChange={(event) => name({ phonetic: event.currentTarget.value })}
          onBlur={() => name({ phonetic: katakana(patient.name.phonetic) })}
          lang="ja"
          autoComplete="off"
        />
        <TextInput
          label={t("field.alphabetic")}
          placeholder={t("field.alphabetic_example")}
          value={patient.name.alphabetic}
          onChange={(event) => name({ alphabetic: event.currentTarget.value })}
          autoComplete="off"
          spellCheck={false}
        />
      </div>
      <div className={classes["two"]}>
        <DayField
          id="gap-birth_date"
          label={t("field.birth_date")}
          value={patient.birth_date}
          onChange={(birth_date) => edit({ birth_date })}
          error={wrong("birth_date_missing", "birth_date", "birth_date_future")}
          required
          birth
        />
      </div>
    </Section>
  );
}
