import type { JSX } from "react";
import classes from "./Document.module.css";

/** The end of a UID, by which two are told apart; the whole of it in its tip. */
export const ShortUid = ({ uid }: { readonly uid: string }): JSX.Element => (
  <span className={classes["uid"]} title={uid}>
    {uid.length > 16 ? `…${uid.slice(-12)}` : uid}
  </span>
);
