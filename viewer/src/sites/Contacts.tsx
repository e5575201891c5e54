import { Button } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { SiteContact, SiteDetail } from "@/api/types";
import { Section } from "@/rights/Section";
import { Table } from "@/rights/Table";
import { useMay } from "@/session/api";
import { Chip } from "@/ui/Chip";
import { FailedLine } from "@/ui/States";
import { useEndContact, useTestContact } from "./api";
import { ContactDialog } from "./ContactDialog";
import { Telephone, TestMark } from "./marks";
import { HOURS, ofHours, type Hours } from "./model";
import classes from "./Sites.module.css";

interface Asked {
  readonly hours: Hours;
  readonly contact: SiteContact | null;
}

/** Whom to call by day, at night and on holidays; each is tried once a month (REPORT-14). */
export function Contacts({ site }: { readonly site: SiteDetail }): JSX.Element {
  const { t } = useTranslation("sites");
  const keeps = useMay()("site.contacts");
  const [asked, setAsked] = useState<Asked | null>(null);
  return (
    <Section
      title={t("contact.title")}
      lead={t("contact.lead", { from: site.register_entry.day_from, until: site.register_entry.day_until })}
    >
      <div className={classes["stack"]}>
        {HOURS.map((hours) => (
          <OfHours
            key={hours}
            site={site}
            hours={hours}
            keeps={keeps}
            onAsk={(contact) => setAsked({ hours, contact })}
          />
        ))}
      </div>
      {asked && (
        <ContactDialog
          siteId={site.site_id}
          contact={asked.contact}
          hours={asked.hours}
          position={ofHours(site.contact_list, asked.hours).length}
          onClose={() => setAsked(null)}
        />
      )}
    </Section>
  );
}

interface OfHoursProps {
  readonly site: SiteDetail;
  readonly hours: Hours;
  readonly keeps: boolean;
  readonly onAsk: (contact: SiteContact | null) => void;
}

function OfHours({ site, hours, keeps, onAsk }: OfHoursProps): JSX.Element {
  const { t } = useTranslation("sites");
  const test = useTestContact(site.site_id);
  const end = useEndContact(site.site_id);
  const found = ofHours(site.contact_list, hours);
  const failure = test.error ?? end.error;
  return (
    <div>
      <div className={classes["top"]}>
        <div className={classes["titled"]}>
          <strong>{t(`hours.${hours}`)}</strong>
          {site.hours_now === hours && (
            <Chip tone="active" shape="clock">
              {t("hours.now")}
            </Chip>
          )}
        </div>
        {keeps && (
          <Button size="compact-sm" variant="default" onClick={() => onAsk(null)}>
            {t("contact.add")}
          </Button>
        )}
      </div>
      {failure && <FailedLine error={failure} />}
      {found.length === 0 ? (
        <p className={classes["quiet"]}>{t("contact.none")}</p>
      ) : (
        <Table
          label={t(`hours.${hours}`)}
          columns={[
            t("field.contact_name"),
            t("field.role"),
            t("field.telephone"),
            t("field.alternate"),
            t("contact.last_test"),
          ]}
          {...(keeps ? { actions: t("column.actions") } : {})}
        >
          {found.map((contact) => (
            <tr key={contact.contact_id} data-contact={contact.name}>
              <td className={classes["wrap"]}>
                {contact.name}
                {contact.note && <div className={classes["quiet"]}>{contact.note}</div>}
              </td>
              <td className={classes["wrap"]}>{contact.role || "–"}</td>
              <td>
                <Telephone number={contact.telephone} />
              </td>
              <td>
                <Telephone number={contact.alternate} />
              </td>
              <td>
                <TestMark contact={contact} />
              </td>
              {keeps && (
                <td>
                  <Acts
                    busy={test.isPending || end.isPending}
                    onTested={(reached) => test.mutate({ contactId: contact.contact_id, on: site.today, reached })}
                    onChange={() => onAsk(contact)}
                    onEnd={() => end.mutate(contact.contact_id)}
                  />
                </td>
              )}
            </tr>
          ))}
        </Table>
      )}
    </div>
  );
}

interface ActsProps {
  readonly busy: boolean;
  readonly onTested: (reached: boolean) => void;
  readonly onChange: () => void;
  readonly onEnd: () => void;
}

function Acts({ busy, onTested, onChange, onEnd }: ActsProps): JSX.Element {
  const { t } = useTranslation("sites");
  const acts: readonly (readonly [string, () => void])[] = [
    [t("contact.reached"), () => onTested(true)],
    [t("contact.unreached"), () => onTested(false)],
    [t("contact.change"), onChange],
    [t("contact.end"), onEnd],
  ];
  return (
    <div className={classes["acts"]} style={{ flexWrap: "nowrap", justifyContent: "flex-end" }}>
      {acts.map(([word, act]) => (
        <Button key={word} size="compact-sm" variant="default" disabled={busy} onClick={act}>
          {word}
        </Button>
      ))}
    </div>
  );
}
