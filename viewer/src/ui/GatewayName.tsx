import type { JSX } from "react";

/** A gateway by the name that people gave it; its id is behind the name. */
export function GatewayName({ name, id }: { readonly name: string; readonly id: string }): JSX.Element {
  return <span title={id}>{name || id}</span>;
}
