import { useMemo, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { DocumentObject } from "@/images/frame";
import { Name } from "@/ui/Written";
import { Fact } from "./ContentTree";
import classes from "./Document.module.css";
import { keyObjects, reportFacts } from "./facts";
import { MomentText } from "./MomentText";
import { ReferenceLinks } from "./ReferenceLinks";

/** A list of key images: who chose them and why, and each of them a click away. */
export function KeyObjects({ document }: { readonly document: DocumentObject }): JSX.Element {
  const { t } = useTranslation("documents");
  const { dataset } = document;
  const { notes, observers, references } = useMemo(() => keyObjects(dataset), [dataset]);
  const { written, institution } = reportFacts(dataset);
  return (
    <div className={classes["page"]}>
      <dl className={classes["facts"]}>
        {notes.map((note, index) => (
          <Fact key={index} name={t("note")} value={<span className={classes["text"]}>{note}</span>} given />
        ))}
        {observers.map((observer, index) => (
          <Fact key={index} name={t("chosenBy")} value={<Name name={observer} />} given />
        ))}
        <Fact name={t("written")} value={<MomentText {...written} />} given={written.date !== ""} />
        <Fact name={t("institution")} value={institution} given={institution !== ""} />
      </dl>
      <section className={classes["section"]}>
        <h3>{t("references", { count: references.length })}</h3>
        <ReferenceLinks references={references} />
      </section>
    </div>
  );
}
