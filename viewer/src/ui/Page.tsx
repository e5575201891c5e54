import type { JSX, ReactNode } from "react";
import classes from "./Page.module.css";
import { Shell } from "./Shell";
import { Titled } from "./Titled";

export interface PageProps {
  readonly title: string;
  readonly lead?: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A portal page: what it is for in one line, then its content at reading width. */
export function Page({ title, lead, aside, children }: PageProps): JSX.Element {
  return (
    <Shell>
      <Titled title={title} />
      <div className={classes["page"]}>
        <div className={classes["head"]}>
          <div>
            <h1>{title}</h1>
            {lead !== undefined && <p>{lead}</p>}
          </div>
          {aside !== undefined && <div>{aside}</div>}
        </div>
        {children}
      </div>
    </Shell>
  );
}
