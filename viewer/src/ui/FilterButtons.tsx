import type { JSX } from "react";
import classes from "./FilterButtons.module.css";
import { useCount } from "./Written";

interface FilterButtonsProps<Name extends string> {
  readonly label: string;
  readonly names: readonly Name[];
  readonly chosen: Name;
  readonly word: (name: Name) => string;
  readonly count: (name: Name) => number;
  /** What must not be overlooked while there is any of it. */
  readonly alarm?: Name;
  readonly onChoose: (name: Name) => void;
}

/** Which of a list is shown, with how many of each there are. */
export function FilterButtons<Name extends string>(props: FilterButtonsProps<Name>): JSX.Element {
  const { label, names, chosen, word, count, alarm, onChoose } = props;
  const written = useCount();
  return (
    <div className={classes["filters"]} role="group" aria-label={label}>
      {names.map((name) => (
        <button key={name} type="button" aria-pressed={name === chosen} onClick={() => onChoose(name)}>
          {word(name)} <span data-alarm={name === alarm && count(name) > 0}>{written(count(name))}</span>
        </button>
      ))}
    </div>
  );
}
