import { useId, type JSX } from "react";
import classes from "./Structured.module.css";

export interface ChoicesProps {
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly word: string; readonly short?: string }[];
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly required?: boolean;
}

/** One of a few words: native radio buttons, with arrows as everywhere; the chosen one pressed again is none. */
export function Choices({ label, options, value, onChange, required = false }: ChoicesProps): JSX.Element {
  const name = useId();
  return (
    <div className={classes["field"]} role="radiogroup" aria-label={label}>
      <span className={classes["name"]} data-missing={(required && value === "") || undefined}>
        {label}
      </span>
      <span className={classes["options"]}>
        {options.map((option) => (
          <label key={option.value} title={option.word}>
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={value === option.value}
              onChange={() => onChange(option.value)}
              onClick={() => {
                if (value === option.value) onChange("");
              }}
              aria-label={option.word}
            />
            <span aria-hidden="true">{option.short ?? option.word}</span>
          </label>
        ))}
      </span>
    </div>
  );
}
