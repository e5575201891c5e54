import type { JSX } from "react";
import { useNameOfSite } from "./useNameOfSite";

/** A site in the language of the page; `name` is how the hub called it in what is shown. */
export function SiteName({ id, name }: { readonly id: string; readonly name: string }): JSX.Element {
  return <>{useNameOfSite()(id, name)}</>;
}
