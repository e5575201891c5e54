import { NumberInput } from "@mantine/core";
import type { JSX } from "react";
import classes from "./Structured.module.css";
import type { Attribute } from "./words";

export interface FigureProps {
  readonly label: string;
  readonly number: NonNullable<Attribute["number"]>;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly required?: boolean;
}

/** One measured figure with its unit. */
export function Figure({ label, number, value, onChange, required = false }: FigureProps): JSX.Element {
  return (
    <div className={classes["field"]}>
      <span className={classes["name"]} data-missing={(required && value === "") || undefined}>
        {label}
      </span>
      <span className={classes["numbers"]}>
        <NumberInput
          size="xs"
          hideControls
          min={0}
          max={number.most}
          clampBehavior="strict"
          allowNegative={false}
          decimalScale={2}
          aria-label={`${label} ${number.shown}`}
          placeholder={number.shown}
          value={value}
          onChange={(given) => onChange(written(given))}
        />
      </span>
    </div>
  );
}

/** As the hub takes it: without a point that nothing follows. */
const written = (given: string | number): string => (given === "" ? "" : String(Number(given)));
