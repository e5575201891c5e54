import type { JSX } from "react";
import { shortened } from "./format";

/** A patient's number, on one or two lines however long a sender made it; the whole stands in its title. */
export function PatientId({ id }: { readonly id: string }): JSX.Element {
  return <span title={id}>{shortened(id)}</span>;
}
