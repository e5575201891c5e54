import { useState, type JSX, type ReactNode } from "react";
import classes from "./RecordedWords.module.css";

/** Words in the reader's language for what is recorded in English; as recorded, they are one click or hover away. */
export function RecordedWords({ raw, children }: { readonly raw: string; readonly children: ReactNode }): JSX.Element {
  const [shown, setShown] = useState(false);
  return (
    <span className={classes["recorded"]}>
      <button
        type="button"
        className={classes["words"]}
        title={raw}
        aria-expanded={shown}
        onMouseDown={(event) => event.preventDefault()}
        onDoubleClick={(event) => event.stopPropagation()}
        onClick={() => setShown(!shown)}
      >
        {children}
      </button>
      {shown && (
        <span className={classes["raw"]} lang="en">
          {raw}
        </span>
      )}
    </span>
  );
}
