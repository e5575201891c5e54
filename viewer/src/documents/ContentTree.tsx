import { useMemo, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { DocumentObject } from "@/images/frame";
import { Chip } from "@/ui/Chip";
import { Name } from "@/ui/Written";
import { contentTree, everyItem, type ContentItem, type ContentValue } from "./contentTree";
import classes from "./Document.module.css";
import { reportFacts, type ReportFacts } from "./facts";
import { MomentText } from "./MomentText";
import { ShortUid } from "./ShortUid";
import { ReferenceLinks } from "./ReferenceLinks";

/** A structured report: its standing, then its headings and statements in their own order. */
export function ContentTree({ document }: { readonly document: DocumentObject }): JSX.Element {
  const { dataset } = document;
  const root = useMemo(() => contentTree(dataset), [dataset]);
  const names = useMemo(() => new Map(everyItem(root).map((item) => [item.path, item.name])), [root]);
  return (
    <div className={classes["page"]} data-content-tree="">
      <Standing facts={reportFacts(dataset)} />
      <Context items={root.context} names={names} />
      <Items items={root.children} names={names} level={3} />
    </div>
  );
}

/** Who stands for it: a report that nobody has verified is not one to rely on alone. */
function Standing({ facts }: { readonly facts: ReportFacts }): JSX.Element {
  const { t } = useTranslation("documents");
  const { completion, verification, verifiers } = facts;
  return (
    <div className={classes["standing"]}>
      <div className={classes["chips"]}>
        {verification === "VERIFIED" ? (
          <Chip tone="idle" shape="full">
            {t("verified")}
          </Chip>
        ) : (
          <Chip tone="attention" shape="hollow">
            {t("unverified")}
          </Chip>
        )}
        {completion === "PARTIAL" ? (
          <Chip tone="attention" shape="half">
            {t("partial")}
          </Chip>
        ) : null}
      </div>
      <dl>
        <Fact name={t("written")} value={<MomentText {...facts.written} />} given={facts.written.date !== ""} />
        <Fact name={t("device")} value={facts.device} given={facts.device !== ""} />
        <Fact name={t("institution")} value={facts.institution} given={facts.institution !== ""} />
        {verifiers.map((one, index) => (
          <Fact
            key={index}
            name={t("verifier")}
            given
            value={
              <>
                <Name name={one.name} /> {one.organization} <MomentText {...one.at} />
              </>
            }
          />
        ))}
      </dl>
    </div>
  );
}

interface FactProps {
  readonly name: string;
  readonly value: JSX.Element | string;
  readonly given: boolean;
}

export function Fact({ name, value, given }: FactProps): JSX.Element | null {
  return given ? (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  ) : null;
}

interface ItemsProps {
  readonly items: readonly ContentItem[];
  readonly names: ReadonlyMap<string, string>;
  readonly level: number;
}

function Items({ items, names, level }: ItemsProps): JSX.Element {
  return (
    <>
      {items.map((item) =>
        item.heading ? (
          <Section key={item.path} item={item} names={names} level={level} />
        ) : (
          <Statement key={item.path} item={item} names={names} level={level} />
        ),
      )}
    </>
  );
}

interface ItemProps {
  readonly item: ContentItem;
  readonly names: ReadonlyMap<string, string>;
  readonly level: number;
}

function Section({ item, names, level }: ItemProps): JSX.Element {
  const { t } = useTranslation("documents");
  const Heading = `h${Math.min(level, 6)}` as "h3";
  return (
    <section className={classes["section"]} id={idOf(item.path)}>
      <Heading>{item.name || t("noName")}</Heading>
      <Context items={item.context} names={names} />
      <Items items={item.children} names={names} level={level + 1} />
    </section>
  );
}

function Statement({ item, names, level }: ItemProps): JSX.Element {
  const { t } = useTranslation("documents");
  const derived = item.relationship === "INFERRED FROM" || item.relationship === "SELECTED FROM";
  return (
    <div className={classes["statement"]} id={idOf(item.path)} data-derived={derived || undefined}>
      <div className={classes["row"]}>
        <span className={classes["name"]}>
          {derived ? t("basedOn") : ""}
          {item.name}
        </span>
        <span className={classes["value"]}>
          <Value value={item.value} names={names} />
        </span>
      </div>
      <Context items={item.context} names={names} />
      {item.children.length === 0 ? null : (
        <div className={classes["inner"]}>
          <Items items={item.children} names={names} level={level} />
        </div>
      )}
    </div>
  );
}

/** What qualifies an item, in one quiet run of words. */
function Context({ items, names }: Omit<ItemsProps, "level">): JSX.Element | null {
  if (items.length === 0) return null;
  return (
    <div className={classes["context"]}>
      {items.flatMap(everyItem).map((item) => (
        <span key={item.path}>
          {item.name === "" ? "" : `${item.name}: `}
          <Value value={item.value} names={names} />
        </span>
      ))}
    </div>
  );
}

function Value({
  value,
  names,
}: {
  readonly value: ContentValue;
  readonly names: ReadonlyMap<string, string>;
}): JSX.Element | null {
  const { t } = useTranslation("documents");
  switch (value.kind) {
    case "none":
      return null;
    case "text":
      return <span className={classes["text"]}>{value.text}</span>;
    case "uid":
      return <ShortUid uid={value.uid} />;
    case "number":
      return <Number number={value.number} unit={value.unit} qualifier={value.qualifier} />;
    case "moment":
      return <MomentText date={value.date} time={value.time} />;
    case "person":
      return <Name name={value.name} />;
    case "references":
      return <ReferenceLinks references={value.references} />;
    case "shape":
      return <>{value.points > 0 ? t("shape", { shape: value.shape, count: value.points }) : value.shape}</>;
    case "item":
      return <ItemLink path={value.path} name={names.get(value.path)} />;
    case "unknown":
      return <span className={classes["elsewhere"]}>{t("unknownValue", { type: value.type })}</span>;
  }
}

function Number({
  number,
  unit,
  qualifier,
}: {
  readonly number: string;
  readonly unit: string;
  readonly qualifier: string;
}): JSX.Element {
  const { t } = useTranslation("documents");
  return (
    <span className={classes["number"]}>
      {number === "" ? qualifier || t("noNumber") : [number, unit].filter(Boolean).join(" ")}
      {number === "" || qualifier === "" ? null : <small> {qualifier}</small>}
    </span>
  );
}

const idOf = (path: string): string => `content-${path}`;

/** An item that stands elsewhere in the same report. */
function ItemLink({ path, name }: { readonly path: string; readonly name: string | undefined }): JSX.Element {
  const { t } = useTranslation("documents");
  if (name === undefined) return <span className={classes["elsewhere"]}>{t("noItem", { path })}</span>;
  const show = (): void => window.document.getElementById(idOf(path))?.scrollIntoView({ block: "center" });
  return (
    <button type="button" className={classes["link"]} onClick={show}>
      {name || path}
    </button>
  );
}
