import type { JSX, ReactNode } from "react";
import { ShapeMark, type Shape } from "./shapes";
import classes from "./Stations.module.css";

export type StationState = "ahead" | "now" | "here" | "passed" | "stuck";

export interface Station {
  readonly key: string;
  readonly word: string;
  readonly state: StationState;
  readonly detail?: ReactNode;
}

const SHAPES: Record<StationState, Shape> = {
  ahead: "hollow",
  now: "half",
  here: "full",
  passed: "full",
  stuck: "stop",
};

/** So many stand beside each other even in a narrow place. */
const FEW = 4;

/** The way of a case or a study: `now` is under way, `here` is where it waits, the one that is stuck says why. */
export function Stations({
  label,
  stations,
}: {
  readonly label: string;
  readonly stations: readonly Station[];
}): JSX.Element {
  return (
    <div className={classes["box"]}>
      <ol
        className={`${classes["line"] ?? ""} ${stations.length > FEW ? (classes["many"] ?? "") : ""}`}
        aria-label={label}
      >
        {stations.map(({ key, word, state, detail }) => (
          <li
            key={key}
            className={`${classes["station"] ?? ""} ${classes[state] ?? ""}`}
            aria-current={state === "now" || state === "here" || state === "stuck" ? "step" : undefined}
          >
            <span className={classes["mark"]}>
              <ShapeMark shape={SHAPES[state]} />
            </span>
            <span className={classes["word"]}>{word}</span>{" "}
            {detail !== undefined && <span className={classes["detail"]}>{detail}</span>}
          </li>
        ))}
      </ol>
    </div>
  );
}
