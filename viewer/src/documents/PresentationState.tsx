import { useMemo, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { DocumentObject } from "@/images/frame";
import { Chip } from "@/ui/Chip";
import { Name } from "@/ui/Written";
import { Fact } from "./ContentTree";
import classes from "./Document.module.css";
import { presentationFacts } from "./facts";
import { MomentText } from "./MomentText";
import { ReferenceLinks } from "./ReferenceLinks";

/** What a presentation state says of itself; that it changes nothing on the screen is said first. */
export function PresentationState({ document }: { readonly document: DocumentObject }): JSX.Element {
  const { t } = useTranslation("documents");
  const { dataset } = document;
  const facts = useMemo(() => presentationFacts(dataset), [dataset]);
  const { label, description, creator, created, annotations, graphics, references } = facts;
  return (
    <div className={classes["page"]}>
      <div className={classes["chips"]}>
        <Chip tone="attention" shape="slash">
          {t("notApplied")}
        </Chip>
      </div>
      <dl className={classes["facts"]}>
        <Fact name={t("label")} value={label} given={label !== ""} />
        <Fact name={t("description")} value={description} given={description !== ""} />
        <Fact name={t("creator")} value={<Name name={creator} />} given={creator !== null} />
        <Fact name={t("created")} value={<MomentText {...created} />} given={created.date !== ""} />
        {annotations.map((annotation, index) => (
          <Fact
            key={index}
            name={t("annotation")}
            value={<span className={classes["text"]}>{annotation}</span>}
            given
          />
        ))}
        <Fact name={t("graphics")} value={t("graphicsCount", { count: graphics })} given={graphics > 0} />
      </dl>
      <section className={classes["section"]}>
        <h3>{t("references", { count: references.length })}</h3>
        <ReferenceLinks references={references} />
      </section>
    </div>
  );
}
