import { TextInput } from "@mantine/core";
import type { JSX } from "react";

export interface CodeInputProps {
  readonly label: string;
  readonly description?: string;
  readonly value: string;
  readonly onChange: (code: string) => void;
}

/** Six digits; full-width ones typed with an input method on are taken too. */
export function CodeInput({ label, description, value, onChange }: CodeInputProps): JSX.Element {
  return (
    <TextInput
      label={label}
      description={description}
      value={value}
      onChange={(event) => onChange(digitsOf(event.currentTarget.value))}
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="[0-9]{6}"
      required
      withAsterisk={false}
      styles={{ input: { letterSpacing: "0.2em", fontVariantNumeric: "tabular-nums" } }}
    />
  );
}

export function digitsOf(text: string): string {
  return text.normalize("NFKC").replace(/\D/gu, "").slice(0, 6);
}
