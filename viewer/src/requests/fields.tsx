import { TextInput } from "@mantine/core";
import { useId, type JSX, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { hubDate } from "@/ui/clock";
import { ageOn, dayOf, formatDay, parseDay } from "@/ui/format";
import { readDay } from "./days";
import classes from "./Form.module.css";

export interface SectionProps {
  readonly title: string;
  readonly hint?: string;
  readonly children: ReactNode;
}

/** One part of the form under its heading. */
export function Section({ title, hint, children }: SectionProps): JSX.Element {
  const id = useId();
  return (
    <section className={classes["section"]} aria-labelledby={id}>
      <div className={classes["heading"]}>
        <h2 id={id}>{title}</h2>
        {hint !== undefined && <p>{hint}</p>}
      </div>
      {children}
    </section>
  );
}

export interface ChoicesProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: ReactNode }[];
  readonly onChange: (value: Value) => void;
}

/** A few words of which one holds: native radio buttons, so that arrows and screen readers work as everywhere. */
export function Choices<Value extends string>({ label, value, options, onChange }: ChoicesProps<Value>): JSX.Element {
  const name = useId();
  return (
    <fieldset className={classes["choices"]}>
      <legend>{label}</legend>
      <div>
        {options.map((option) => (
          <label key={option.value}>
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={value === option.value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export interface DayFieldProps {
  readonly id?: string;
  readonly label: string;
  readonly value: string;
  readonly onChange: (typed: string) => void;
  readonly error?: ReactNode;
  readonly required?: boolean;
  /** Says the age too. */
  readonly birth?: boolean;
}

/** A day as one types it, in either calendar, and how it was understood. */
export function DayField({ id, label, value, onChange, error, required, birth }: DayFieldProps): JSX.Element {
  const { t } = useTranslation(["requests", "ui"]);
  const day = parseDay(readDay(value));
  const age = birth === true ? ageOn(day, dayOf(hubDate())) : null;
  const understood = [formatDay(day, "iso"), formatDay(day, "wareki"), age === null ? "" : t("ui:age", { age })];
  return (
    <TextInput
      {...(id !== undefined && { id })}
      label={label}
      description={day === null ? t("day_hint") : understood.filter(Boolean).join(" · ")}
      inputWrapperOrder={["label", "input", "description", "error"]}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
      aria-required={required === true || undefined}
      autoComplete="off"
      spellCheck={false}
    />
  );
}
