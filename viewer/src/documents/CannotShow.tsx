import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { ShapeMark } from "@/ui/shapes";
import classes from "./Document.module.css";

interface CannotShowProps {
  readonly why: string;
  readonly detail?: string;
  readonly children?: JSX.Element;
}

/** Said plainly, so that nobody takes an empty panel for an empty document. */
export function CannotShow({ why, detail = "", children }: CannotShowProps): JSX.Element {
  const { t } = useTranslation("documents");
  return (
    <div className={classes["cannot"]} role="alert" data-cannot-show="">
      <p>
        <ShapeMark shape="triangle" /> {t("cannot.title")}
      </p>
      <p>{why}</p>
      {detail === "" ? null : <small lang="en">{detail}</small>}
      {children}
    </div>
  );
}
