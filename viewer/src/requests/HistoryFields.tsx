import { Button, CloseButton, NativeSelect, NumberInput, Textarea, TextInput } from "@mantine/core";
import { useId, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { Choices, Section } from "./fields";
import classes from "./Form.module.css";
import { clinically, type PartProps } from "./parts";
import type { Relative, Surgery } from "./shapes";

const OPERATIONS = ["partial", "total", "sentinel", "dissection", "biopsy", "benign", "reconstruction"] as const;
const RELATIONS = [
  "mother",
  "sister",
  "daughter",
  "grandmother_maternal",
  "grandmother_paternal",
  "aunt",
  "father",
] as const;
const CANCERS = ["breast", "ovarian", "other"] as const;
const GENES = ["unknown", "not_tested", "negative", "brca1", "brca2", "other"] as const;

const whole = (value: string | number): number | null => (typeof value === "number" && value >= 0 ? value : null);
const replaced = <One,>(all: readonly One[], index: number, part: Partial<One>): One[] =>
  all.map((one, at) => (at === index ? { ...one, ...part } : one));
const without = <One,>(all: readonly One[], index: number): One[] => all.filter((_, at) => at !== index);

/** What was before: illnesses, operations and what the pathologist said. */
export function HistoryFields(props: PartProps): JSX.Element {
  const { t } = useTranslation("requests");
  const { history, surgeries, pathology } = props.draft.clinical;
  const edit = clinically(props);
  const list = useId();
  const words = { side: "R", kind: "", year: null, note: "" } satisfies Surgery;
  return (
    <Section title={t("form.history")}>
      <Textarea
        label={t("field.history")}
        autosize
        minRows={2}
        maxRows={8}
        value={history}
        onChange={(event) => edit({ history: event.currentTarget.value })}
      />
      <datalist id={list}>
        {OPERATIONS.map((operation) => (
          <option key={operation} value={t(`operation.${operation}`)} />
        ))}
      </datalist>
      {surgeries.length > 0 && (
        <ul id="gap-year" tabIndex={-1} className={classes["rows"]} aria-label={t("field.surgeries")}>
          {surgeries.map((surgery, index) => (
            <li key={index} className={`${classes["entry"] ?? ""} ${classes["surgery"] ?? ""}`}>
              <SurgeryFields
                surgery={surgery}
                list={list}
                onChange={(part) => edit({ surgeries: replaced(surgeries, index, part) })}
              />
              <CloseButton
                aria-label={t("form.remove", { what: surgery.kind || t("field.surgery") })}
                size="lg"
                onClick={() => edit({ surgeries: without(surgeries, index) })}
              />
            </li>
          ))}
        </ul>
      )}
      <Button
        className={classes["addition"] ?? ""}
        size="xs"
        variant="default"
        onClick={() => edit({ surgeries: [...surgeries, words] })}
      >
        {t("form.add_surgery")}
      </Button>
      <Textarea
        label={t("field.pathology")}
        autosize
        minRows={1}
        maxRows={8}
        value={pathology}
        onChange={(event) => edit({ pathology: event.currentTarget.value })}
      />
    </Section>
  );
}

interface SurgeryFieldsProps {
  readonly surgery: Surgery;
  readonly list: string;
  readonly onChange: (part: Partial<Surgery>) => void;
}

function SurgeryFields({ surgery, list, onChange }: SurgeryFieldsProps): JSX.Element {
  const { t } = useTranslation(["requests", "ui"]);
  return (
    <>
      <NativeSelect
        label={t("field.side")}
        value={surgery.side}
        onChange={(event) => onChange({ side: event.currentTarget.value === "L" ? "L" : "R" })}
        data={[
          { value: "R", label: t("ui:right") },
          { value: "L", label: t("ui:left") },
        ]}
      />
      <TextInput
        label={t("field.surgery")}
        list={list}
        value={surgery.kind}
        onChange={(event) => onChange({ kind: event.currentTarget.value })}
        autoComplete="off"
      />
      <NumberInput
        label={t("field.year")}
        value={surgery.year ?? ""}
        onChange={(value) => onChange({ year: whole(value) })}
        allowDecimal={false}
        allowNegative={false}
        hideControls
      />
      <TextInput
        label={t("field.note")}
        value={surgery.note}
        onChange={(event) => onChange({ note: event.currentTarget.value })}
        autoComplete="off"
      />
    </>
  );
}

/** Who else in the family had cancer, and what is known of the genes. */
export function FamilyFields(props: PartProps): JSX.Element {
  const { t } = useTranslation("requests");
  const { family_history: relatives, gene, gene_note } = props.draft.clinical;
  const edit = clinically(props);
  const list = useId();
  const words = { relation: "", cancer: "breast", age: null } satisfies Relative;
  return (
    <Section title={t("form.family")}>
      <datalist id={list}>
        {RELATIONS.map((relation) => (
          <option key={relation} value={t(`relation.${relation}`)} />
        ))}
      </datalist>
      {relatives.length > 0 && (
        <ul className={classes["rows"]} aria-label={t("form.family")}>
          {relatives.map((relative, index) => (
            <li key={index} className={`${classes["entry"] ?? ""} ${classes["relative"] ?? ""}`}>
              <RelativeFields
                relative={relative}
                list={list}
                onChange={(part) => edit({ family_history: replaced(relatives, index, part) })}
              />
              <CloseButton
                aria-label={t("form.remove", { what: relative.relation || t("field.relation") })}
                size="lg"
                onClick={() => edit({ family_history: without(relatives, index) })}
              />
            </li>
          ))}
        </ul>
      )}
      <Button
        className={classes["addition"] ?? ""}
        size="xs"
        variant="default"
        onClick={() => edit({ family_history: [...relatives, words] })}
      >
        {t("form.add_relative")}
      </Button>
      <div className={classes["two"]}>
        <NativeSelect
          label={t("field.gene")}
          value={gene}
          onChange={(event) => edit({ gene: GENES.find((known) => known === event.currentTarget.value) ?? "unknown" })}
          data={GENES.map((value) => ({ value, label: t(`gene.${value}`) }))}
        />
        <TextInput
          label={t("field.gene_note")}
          value={gene_note}
          onChange={(event) => edit({ gene_note: event.currentTarget.value })}
          autoComplete="off"
        />
      </div>
    </Section>
  );
}

interface RelativeFieldsProps {
  readonly relative: Relative;
  readonly list: string;
  readonly onChange: (part: Partial<Relative>) => void;
}

function RelativeFields({ relative, list, onChange }: RelativeFieldsProps): JSX.Element {
  const { t } = useTranslation("requests");
  return (
    <>
      <TextInput
        label={t("field.relation")}
        list={list}
        value={relative.relation}
        onChange={(event) => onChange({ relation: event.currentTarget.value })}
        autoComplete="off"
      />
      <NativeSelect
        label={t("field.cancer")}
        value={relative.cancer}
        onChange={(event) =>
          onChange({ cancer: CANCERS.find((known) => known === event.currentTarget.value) ?? "other" })
        }
        data={CANCERS.map((value) => ({ value, label: t(`cancer.${value}`) }))}
      />
      <NumberInput
        label={t("field.age")}
        value={relative.age ?? ""}
        onChange={(value) => onChange({ age: whole(value) })}
        allowDecimal={false}
        allowNegative={false}
        max={120}
        hideControls
      />
    </>
  );
}

const MENSTRUATION = ["unknown", "pre", "peri", "post"] as const;
const IMPLANTS = ["unknown", "none", "right", "left", "both"] as const;
const PREGNANCY = ["unknown", "none", "pregnant", "lactating"] as const;

/** What changes how the breast looks: cycle, hormones, implants, pregnancy. */
export function StateFields(props: PartProps & { readonly lastPeriod: JSX.Element }): JSX.Element {
  const { t } = useTranslation("requests");
  const { menstruation, hormone_therapy, implants, pregnancy } = props.draft.clinical;
  const edit = clinically(props);
  return (
    <Section title={t("form.state")}>
      <Choices
        label={t("field.menstruation")}
        value={menstruation}
        onChange={(value) => edit({ menstruation: value })}
        options={MENSTRUATION.map((value) => ({ value, label: t(`menstruation.${value}`) }))}
      />
      <div className={classes["two"]}>
        {props.lastPeriod}
        <TextInput
          label={t("field.hormone_therapy")}
          value={hormone_therapy}
          onChange={(event) => edit({ hormone_therapy: event.currentTarget.value })}
          autoComplete="off"
        />
      </div>
      <Choices
        label={t("field.implants")}
        value={implants}
        onChange={(value) => edit({ implants: value })}
        options={IMPLANTS.map((value) => ({ value, label: t(`implants.${value}`) }))}
      />
      <Choices
        label={t("field.pregnancy")}
        value={pregnancy}
        onChange={(value) => edit({ pregnancy: value })}
        options={PREGNANCY.map((value) => ({ value, label: t(`pregnancy.${value}`) }))}
      />
    </Section>
  );
}
