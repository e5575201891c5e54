import { Button } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { SiteDetail } from "@/api/types";
import { useManagers } from "@/centre/api";
import { Section } from "@/rights/Section";
import { useMay } from "@/session/api";
import { Chip } from "@/ui/Chip";
import { DayText, InstantText } from "@/ui/Written";
import { Telephone } from "./marks";
import { STANDARDS } from "./model";
import { RegisterDialog } from "./RegisterDialog";
import classes from "./Sites.module.css";

/** The hospital's entry, and what the facility standard of tele-reading asks of both sides (JRS-06). */
export function Register({ site }: { readonly site: SiteDetail }): JSX.Element {
  const { t } = useTranslation("sites");
  const administers = useMay()("administer");
  const [editing, setEditing] = useState(false);
  return (
    <Section
      title={t("register.title")}
      lead={t("register.lead")}
      aside={
        administers && (
          <Button variant="default" onClick={() => setEditing(true)}>
            {t("register.edit")}
          </Button>
        )
      }
    >
      <div className={classes["columns"]}>
        <Entry site={site} />
        <Standard site={site} />
      </div>
      {editing && <RegisterDialog site={site} onClose={() => setEditing(false)} />}
    </Section>
  );
}

function Entry({ site }: { readonly site: SiteDetail }): JSX.Element {
  const { t } = useTranslation("sites");
  const entry = site.register_entry;
  const address = [entry.postal_code && `〒${entry.postal_code}`, entry.address].filter(Boolean).join(" ");
  return (
    <div className={classes["card"]}>
      <dl className={classes["facts"]}>
        <dt>{t("field.name")}</dt>
        <dd>{site.name}</dd>
        <dt>{t("field.name_en")}</dt>
        <dd>{site.name_en || "–"}</dd>
        <dt>{t("field.institution_code")}</dt>
        <dd>{entry.institution_code || "–"}</dd>
        <dt>{t("field.address")}</dt>
        <dd>{address || "–"}</dd>
        <dt>{t("field.address_en")}</dt>
        <dd>{entry.address_en || "–"}</dd>
        <dt>{t("field.telephone")}</dt>
        <dd>
          <Telephone number={entry.telephone} />
        </dd>
        {entry.responsible.map((one) => (
          <Responsible
            key={`${one.duty} ${one.name}`}
            word={t(`duty.${one.duty}`)}
            name={one.name}
            number={one.telephone}
          />
        ))}
        <ReportManager siteId={site.site_id} />
      </dl>
      {site.changed_at !== null && (
        <p className={classes["quiet"]} style={{ marginTop: 12 }}>
          {t("register.changed", { name: site.changed_by })} <InstantText value={site.changed_at} />
        </p>
      )}
    </div>
  );
}

/** Who is told of reports that nobody opens: named on the page of the centre, shown here. */
function ReportManager({ siteId }: { readonly siteId: string }): JSX.Element | null {
  const { t } = useTranslation("centre");
  const managers = useManagers(useMay()("administer"));
  const named = managers.data?.find((one) => one.site_id === siteId);
  if (named === undefined) return null;
  const name = named.candidates.find((one) => one.person_id === named.person_id)?.display_name;
  return (
    <>
      <dt>{t("managers.who")}</dt>
      <dd>
        {name ?? t("managers.missing")} · <Link href="/centre">{t("managers.change")}</Link>
      </dd>
    </>
  );
}

interface ResponsibleProps {
  readonly word: string;
  readonly name: string;
  readonly number: string;
}

function Responsible({ word, name, number }: ResponsibleProps): JSX.Element {
  return (
    <>
      <dt>{word}</dt>
      <dd>
        {name}
        {number !== "" && (
          <>
            {" · "}
            <Telephone number={number} />
          </>
        )}
      </dd>
    </>
  );
}

function Standard({ site }: { readonly site: SiteDetail }): JSX.Element {
  const { t } = useTranslation("sites");
  const standard = site.register_entry.standard;
  const said = {
    devices_adequate: standard.devices,
    named_receiver: standard.named_receiver,
    no_outsourcing: "",
    full_time_radiologist: standard.full_time_radiologist,
    confirmed_on: "",
  };
  return (
    <div className={classes["card"]}>
      <div className={classes["top"]}>
        <h3>{t("standard.title")}</h3>
      </div>
      <ul className={classes["checks"]}>
        {STANDARDS.map((part) => {
          const missing = site.standard_missing.includes(part);
          return (
            <li key={part} data-standard={part}>
              <Chip tone={missing ? "attention" : "good"} shape={missing ? "hollow" : "check"}>
                {t(missing ? "standard.open" : "standard.set")}
              </Chip>
              <span>
                {t(`standard.${part}`)}
                {said[part] && <span className={classes["quiet"]}> {said[part]}</span>}
                {part === "confirmed_on" && !missing && (
                  <>
                    {" "}
                    <DayText value={standard.confirmed_on} />
                  </>
                )}
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
