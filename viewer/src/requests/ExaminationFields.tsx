import { NativeSelect, TextInput } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { KINDS } from "@/sites/model";
import { Choices, DayField, Section } from "./fields";
import classes from "./Form.module.css";
import { fromLocal, toLocal } from "./localTime";
import type { PartProps } from "./parts";

const MODALITIES = ["MG", "US", "MR", "PT", "CT", "NM", "OT"] as const;
const PRIORITIES = ["routine", "high", "urgent"] as const;

/** What was or will be examined, who asks for it, and how soon the answer is needed. */
export function ExaminationFields({ draft, change, wrong }: PartProps): JSX.Element {
  const { t } = useTranslation(["requests", "sites"]);
  const known = MODALITIES.some((modality) => modality === draft.modality);
  return (
    <Section title={t("form.examination")}>
      <div className={classes["three"]}>
        <NativeSelect
          id="gap-modality"
          label={t("field.modality")}
          value={draft.modality}
          onChange={(event) => change({ modality: event.currentTarget.value })}
          error={wrong("modality")}
          data={[
            ...(known ? [] : [{ value: draft.modality, label: draft.modality }]),
            ...MODALITIES.map((modality) => ({ value: modality, label: t(`modality.${modality}`) })),
          ]}
        />
        <DayField
          id="gap-examination_date"
          label={t("field.examination_date")}
          value={draft.examination_date}
          onChange={(examination_date) => change({ examination_date })}
          error={wrong("examination_date")}
          required
        />
        <NativeSelect
          label={t("sites:asked_kind.label")}
          value={draft.kind}
          onChange={(event) => change({ kind: KINDS.find((kind) => kind === event.currentTarget.value) ?? "" })}
          data={[
            { value: "", label: t("sites:asked_kind.unsaid") },
            ...KINDS.map((kind) => ({ value: kind, label: t(`sites:kind.${kind}`) })),
          ]}
        />
      </div>
      <TextInput
        label={t("field.procedure")}
        value={draft.procedure.meaning}
        onChange={(event) => change({ procedure: { ...draft.procedure, meaning: event.currentTarget.value } })}
        maxLength={64}
        autoComplete="off"
      />
      <div className={classes["three"]}>
        <TextInput
          label={t("field.accession_number")}
          description={t("field.accession_number_hint")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          value={draft.accession_number}
          onChange={(event) => change({ accession_number: event.currentTarget.value })}
          maxLength={64}
          autoComplete="off"
          spellCheck={false}
        />
        <TextInput
          label={t("field.requesting_physician")}
          value={draft.requesting_physician}
          onChange={(event) => change({ requesting_physician: event.currentTarget.value })}
          maxLength={64}
          autoComplete="off"
        />
        <TextInput
          label={t("field.requesting_department")}
          value={draft.requesting_department}
          onChange={(event) => change({ requesting_department: event.currentTarget.value })}
          maxLength={64}
          autoComplete="off"
        />
      </div>
      <div className={classes["two"]}>
        <Choices
          label={t("field.priority")}
          value={draft.priority}
          onChange={(priority) => change({ priority })}
          options={PRIORITIES.map((priority) => ({ value: priority, label: t(`priority.${priority}`) }))}
        />
        <TextInput
          id="gap-due_past"
          type="datetime-local"
          label={t("field.due_at")}
          value={toLocal(draft.due_at)}
          onChange={(event) => change({ due_at: fromLocal(event.currentTarget.value) })}
          error={wrong("due_past")}
        />
      </div>
    </Section>
  );
}
