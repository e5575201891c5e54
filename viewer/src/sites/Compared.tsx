import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { SiteContact, SiteLine } from "@/api/types";
import { Section } from "@/rights/Section";
import { Table } from "@/rights/Table";
import { StandingChip, Telephone, Term, Turnarounds, useSiteName } from "./marks";
import { HOURS, ofHours } from "./model";
import classes from "./Sites.module.css";

/** What was agreed with each hospital, beside the others: scope, turnaround, and whom to call at which hours. */
export function Compared({ sites }: { readonly sites: readonly SiteLine[] }): JSX.Element {
  const { t } = useTranslation("sites");
  return (
    <div className={classes["below"]}>
      <Section title={t("compared.title")} lead={t("compared.lead")}>
        <Table
          label={t("compared.title")}
          columns={[
            t("column.site"),
            t("column.contract"),
            t("field.modalities"),
            t("field.kinds"),
            t("field.turnaround"),
            t("column.contacts"),
          ]}
        >
          {sites.map((site) => (
            <Row key={site.site_id} site={site} />
          ))}
        </Table>
      </Section>
    </div>
  );
}

function Row({ site }: { readonly site: SiteLine }): JSX.Element {
  const { t } = useTranslation("sites");
  const name = useSiteName();
  const { scope } = site;
  return (
    <tr data-compared={site.site_id} className={classes["compared"]}>
      <th scope="row">
        <Link href={`/hospitals/${encodeURIComponent(site.site_id)}`} className={classes["name"] ?? ""}>
          {name(site.name, site.name_en)}
        </Link>
      </th>
      <td>
        <StandingChip standing={site.standing} />
        {scope !== null && (
          <div className={classes["quiet"]}>
            <Term from={site.valid_from} until={site.valid_until} />
          </div>
        )}
      </td>
      {scope === null ? (
        <td colSpan={3}>–</td>
      ) : (
        <>
          <td>{scope.modalities.join(", ") || t("contract.every")}</td>
          <td>
            <Lines of={scope.kinds.map((kind) => t(`kind.${kind}`))} otherwise={t("contract.every")} />
          </td>
          <td>
            <Turnarounds turnarounds={scope.turnarounds} site={site} />
          </td>
        </>
      )}
      <td className={classes["wrap"]}>
        <FirstToCall contacts={site.contact_list} />
      </td>
    </tr>
  );
}

function Lines({ of, otherwise }: { readonly of: readonly string[]; readonly otherwise: string }): JSX.Element {
  if (of.length === 0) return <>{otherwise}</>;
  return (
    <>
      {of.map((line) => (
        <div key={line}>{line}</div>
      ))}
    </>
  );
}

/** Who is called first at which hours. */
function FirstToCall({ contacts }: { readonly contacts: readonly SiteContact[] }): JSX.Element {
  const { t } = useTranslation("sites");
  const first = HOURS.flatMap((hours) => ofHours(contacts, hours).slice(0, 1));
  if (first.length === 0) return <>{t("contact.nobody")}</>;
  return (
    <dl className={classes["hours"]}>
      {first.map((contact) => (
        <div key={contact.contact_id}>
          <dt>{t(`hours.${contact.hours}`)}</dt>
          <dd>
            {contact.name} <Telephone number={contact.telephone} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
