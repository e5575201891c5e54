import type { JSX, ReactNode } from "react";
import table from "@/ui/Table.module.css";

export interface TableProps {
  readonly label: string;
  readonly columns: readonly string[];
  /** What the last column is for, where it holds buttons. */
  readonly actions?: string;
  readonly children: ReactNode;
}

/** A plain table that scrolls by itself where it is too wide. */
export function Table({ label, columns, actions, children }: TableProps): JSX.Element {
  return (
    <div className={table["frame"]} tabIndex={0} role="region" aria-label={label}>
      <table className={table["table"]}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
            {actions !== undefined && (
              <th scope="col">
                <span className="visually-hidden">{actions}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
