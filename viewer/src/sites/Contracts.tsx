import { Button } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { ContractVersion, SiteContract, SiteDetail } from "@/api/types";
import { Section } from "@/rights/Section";
import { Table } from "@/rights/Table";
import { useMayInCentre } from "@/session/api";
import { Empty } from "@/ui/States";
import { DayText, InstantText, useCount } from "@/ui/Written";
import { ContractDialog } from "./ContractDialog";
import { StandingChip, Term } from "./marks";
import { changedParts } from "./model";
import classes from "./Sites.module.css";
import { TerminateDialog } from "./TerminateDialog";

type Asked = { readonly what: "new" } | { readonly what: "change" | "terminate"; readonly contract: SiteContract };

/** What was agreed; a change is a new version, and every version stays (JRS-03). */
export function Contracts({ site }: { readonly site: SiteDetail }): JSX.Element {
  const { t } = useTranslation("sites");
  const administers = useMayInCentre()("administer");
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = (): void => setAsked(null);
  const present = asked !== null && asked.what !== "new" ? asked.contract : null;
  return (
    <Section
      title={t("contract.title")}
      lead={t("contract.lead")}
      aside={
        administers && (
          <Button variant="default" onClick={() => setAsked({ what: "new" })}>
            {t("contract.add")}
          </Button>
        )
      }
    >
      {site.contracts.length === 0 ? (
        <Empty compact title={t("contract.none")} shape="triangle">
          {t("contract.none_text")}
        </Empty>
      ) : (
        <div className={classes["stack"]}>
          {site.contracts.map((contract) => (
            <Card
              key={contract.contract_id}
              site={site}
              contract={contract}
              acts={
                administers && (
                  <div className={classes["acts"]}>
                    <Button size="compact-sm" variant="default" onClick={() => setAsked({ what: "change", contract })}>
                      {t("contract.change")}
                    </Button>
                    {contract.standing !== "terminated" && contract.standing !== "over" && (
                      <Button
                        size="compact-sm"
                        variant="default"
                        onClick={() => setAsked({ what: "terminate", contract })}
                      >
                        {t("contract.terminate")}
                      </Button>
                    )}
                  </div>
                )
              }
            />
          ))}
        </div>
      )}
      {asked?.what === "new" && <ContractDialog siteId={site.site_id} contract={null} onClose={close} />}
      {present && asked?.what === "change" && (
        <ContractDialog siteId={site.site_id} contract={present} onClose={close} />
      )}
      {present && asked?.what === "terminate" && (
        <TerminateDialog siteId={site.site_id} contract={present} today={site.today} onClose={close} />
      )}
    </Section>
  );
}

interface CardProps {
  readonly site: SiteDetail;
  readonly contract: SiteContract;
  readonly acts: JSX.Element | false;
}

function Card({ site, contract, acts }: CardProps): JSX.Element | null {
  const { t } = useTranslation("sites");
  const count = useCount();
  const [version] = contract.versions;
  if (version === undefined) return null;
  return (
    <article className={classes["card"]} data-contract={contract.standing}>
      <div className={classes["top"]}>
        <div className={classes["titled"]}>
          <h3>
            <Term from={version.valid_from} until={lastDay(version)} />
          </h3>
          <StandingChip standing={contract.standing} />
        </div>
        {acts}
      </div>
      <Terms version={version} site={site} />
      <details className={classes["versions"]}>
        <summary>{t("version.count", { number: count(contract.versions.length) })}</summary>
        <div>
          <Versions versions={contract.versions} />
        </div>
      </details>
    </article>
  );
}

const lastDay = ({ valid_until, terminated_on }: ContractVersion): string | null =>
  terminated_on !== null && (valid_until === null || terminated_on < valid_until) ? terminated_on : valid_until;

function Terms({ version, site }: { readonly version: ContractVersion; readonly site: SiteDetail }): JSX.Element {
  const { t } = useTranslation("sites");
  const texts = ["fee", "responsibility", "insurance", "note"] as const;
  return (
    <dl className={classes["facts"]}>
      {version.terminated_on !== null && (
        <>
          <dt>{t("field.terminated_on")}</dt>
          <dd>
            <DayText value={version.terminated_on} />
            {version.because && ` · ${version.because}`}
          </dd>
        </>
      )}
      <dt>{t("field.modalities")}</dt>
      <dd>{version.modalities.join(", ") || t("contract.every")}</dd>
      <dt>{t("field.kinds")}</dt>
      <dd>{version.kinds.map((kind) => t(`kind.${kind}`)).join(t("and")) || t("contract.every")}</dd>
      <dt>{t("field.turnaround")}</dt>
      <dd>
        <Turnarounds version={version} site={site} />
      </dd>
      <dt>{t("field.pseudonym")}</dt>
      <dd>{t(`identity.${site.identity_mode}`)}</dd>
      {texts
        .filter((name) => version[name] !== "")
        .map((name) => (
          <Fact key={name} word={t(`field.${name}`)} text={version[name]} />
        ))}
    </dl>
  );
}

function Fact({ word, text }: { readonly word: string; readonly text: string }): JSX.Element {
  return (
    <>
      <dt>{word}</dt>
      <dd>{text}</dd>
    </>
  );
}

/** Within what time, by priority; what the contract leaves open follows the site's own rule. */
function Turnarounds({ version, site }: { readonly version: ContractVersion; readonly site: SiteDetail }): JSX.Element {
  const { t } = useTranslation("sites");
  const count = useCount();
  if (version.turnarounds.length === 0) {
    return (
      <>
        {site.turnaround_days === null
          ? t("contract.by_request")
          : t("contract.by_site", { number: count(site.turnaround_days), time: site.due_time })}
      </>
    );
  }
  const said = version.turnarounds.map(({ priority, amount, unit }) =>
    t("turnaround.said", {
      priority: t(`priority.${priority}`),
      time: t(`turnaround.${unit}`, { number: count(amount) }),
    }),
  );
  return <>{said.join(t("and"))}</>;
}

function Versions({ versions }: { readonly versions: readonly ContractVersion[] }): JSX.Element {
  const { t } = useTranslation("sites");
  return (
    <Table
      label={t("version.title")}
      columns={[
        t("version.number"),
        t("version.when"),
        t("version.by"),
        t("column.term"),
        t("version.changed"),
        t("field.because"),
      ]}
    >
      {versions.map((version, at) => (
        <tr key={version.number}>
          <td>{version.number}</td>
          <td>
            <InstantText value={version.at} />
          </td>
          <td>{version.by}</td>
          <td>
            <Term from={version.valid_from} until={lastDay(version)} />
          </td>
          <td className={classes["wrap"]}>
            <Changed version={version} before={versions[at + 1]} />
          </td>
          <td className={classes["wrap"]}>{version.because || "–"}</td>
        </tr>
      ))}
    </Table>
  );
}

interface ChangedProps {
  readonly version: ContractVersion;
  readonly before: ContractVersion | undefined;
}

/** What another version says otherwise, with what it said before. */
function Changed({ version, before }: ChangedProps): JSX.Element {
  const { t } = useTranslation("sites");
  const count = useCount();
  if (before === undefined) return <>{t("version.first")}</>;
  const parts = changedParts(version, before);
  const written = (said: ContractVersion, part: (typeof parts)[number]): string => {
    if (part === "kinds") return said.kinds.map((kind) => t(`kind.${kind}`)).join(t("and")) || t("contract.every");
    if (part === "modalities") return said.modalities.join(", ") || t("contract.every");
    if (part === "turnarounds") {
      return (
        said.turnarounds
          .map(({ priority, amount, unit }) =>
            t("turnaround.said", {
              priority: t(`priority.${priority}`),
              time: t(`turnaround.${unit}`, { number: count(amount) }),
            }),
          )
          .join(t("and")) || "–"
      );
    }
    return String(said[part] ?? "") || "–";
  };
  const word = (part: (typeof parts)[number]): string => {
    switch (part) {
      case "turnarounds":
        return t("field.turnaround");
      case "valid_from":
      case "valid_until":
      case "terminated_on":
      case "modalities":
      case "kinds":
      case "fee":
      case "responsibility":
      case "insurance":
      case "note":
        return t(`field.${part}`);
      default:
        return part;
    }
  };
  return (
    <>
      {parts.map((part) => (
        <div key={part}>
          {word(part)}: <del>{written(before, part)}</del> → <ins>{written(version, part)}</ins>
        </div>
      ))}
    </>
  );
}
