import type { JSX, ReactNode } from "react";
import { Failed, LoadingRows } from "@/ui/States";
import classes from "./Rights.module.css";

export interface SectionProps {
  readonly title: string;
  readonly lead: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** One part of a page of checks: what it is for in one line, and what can be done about it. */
export function Section({ title, lead, aside, children }: SectionProps): JSX.Element {
  return (
    <section className={classes["section"]}>
      <div className={classes["head"]}>
        <div>
          <h2>{title}</h2>
          <p>{lead}</p>
        </div>
        {aside !== undefined && <div>{aside}</div>}
      </div>
      {children}
    </section>
  );
}

export interface ListedProps<One> {
  readonly query: {
    readonly data: readonly One[] | undefined;
    readonly error: Error | null;
    readonly refetch: () => unknown;
  };
  readonly none: string;
  readonly children: (found: readonly One[]) => ReactNode;
}

/** A list in its four states: coming, failed, empty, there. */
export function Listed<One>({ query, none, children }: ListedProps<One>): JSX.Element {
  if (query.data === undefined) {
    if (query.error) return <Failed error={query.error} onRetry={() => void query.refetch()} compact />;
    return <LoadingRows rows={2} />;
  }
  return query.data.length === 0 ? <p className={classes["none"]}>{none}</p> : <>{children(query.data)}</>;
}
