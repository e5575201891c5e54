import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { stackLabel } from "@/viewports/label";
import classes from "./Document.module.css";
import { useLinks, type Target } from "./links";
import type { Reference } from "./reference";
import { ShortUid } from "./ShortUid";

/** Objects that a document names: a button each that shows it, or that the case has it not. */
export function ReferenceLinks({ references }: { readonly references: readonly Reference[] }): JSX.Element {
  const { find } = useLinks();
  return (
    <span className={classes["links"]}>
      {references.map((reference) => {
        const targets = find(reference);
        const key = `${reference.sopInstanceUid} ${reference.frames.join()}`;
        return targets.length === 0 ? (
          <Elsewhere key={key} reference={reference} />
        ) : (
          targets.map((target, index) => <TargetLink key={`${key} ${index}`} target={target} />)
        );
      })}
    </span>
  );
}

function TargetLink({ target }: { readonly target: Target }): JSX.Element {
  const { t } = useTranslation("documents");
  const { follow } = useLinks();
  return (
    <button type="button" className={classes["link"]} onClick={() => follow(target)} data-link={target.kind}>
      {target.kind === "document"
        ? target.document.title || t(`kind.${target.document.kind}`)
        : t("image", {
            name: `${target.stack.prior ? `${t("prior")} ` : ""}${stackLabel(target.stack)}`,
            number: target.index + 1,
            of: target.stack.frames.length,
          })}
    </button>
  );
}

function Elsewhere({ reference }: { readonly reference: Reference }): JSX.Element {
  const { t } = useTranslation("documents");
  return (
    <span className={classes["elsewhere"]}>
      {t("elsewhere")} <ShortUid uid={reference.sopInstanceUid} />
    </span>
  );
}
