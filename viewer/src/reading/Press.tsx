import type { JSX, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { IconMark, type Icon } from "./icons";
import { keyName, KEYS, type Command } from "./keys";
import classes from "./TopStrip.module.css";

interface PressProps {
  readonly icon: Icon;
  readonly command: Command;
  readonly act: (command: Command) => void;
  readonly pressed?: boolean;
  /** With its name beside the drawing. */
  readonly wide?: boolean;
  /** More than its name says, for whoever waits with the pointer on it. */
  readonly tip?: string;
  /** What `children` say, where that is part of the button's name. */
  readonly said?: string;
  readonly children?: ReactNode;
}

export function keyOf(command: Command): string {
  const binding = KEYS.find((one) => one.command === command);
  return binding === undefined ? "" : keyName(binding);
}

/** A button for a command; its key stands in the tip, so that the hand learns it. */
export function Press({ icon, command, act, pressed, wide = false, tip, said, children }: PressProps): JSX.Element {
  const { t } = useTranslation("reading");
  const name = t(`command.${command}`);
  const key = keyOf(command);
  return (
    <button
      type="button"
      className={classes["press"]}
      aria-label={said === undefined ? name : `${name}: ${said}`}
      aria-pressed={pressed}
      title={[key === "" ? name : `${name}  [${key}]`, ...(tip === undefined ? [] : [tip])].join("\n")}
      onClick={() => act(command)}
    >
      <IconMark icon={icon} />
      {wide ? <span>{name}</span> : null}
      {children}
    </button>
  );
}
