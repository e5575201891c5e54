import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { ContractVersion, SiteContact, SiteLine } from "@/api/types";
import { currentLanguage } from "@/i18n";
import { Chip } from "@/ui/Chip";
import { DayText, useCount } from "@/ui/Written";
import { dialled } from "./model";
import classes from "./Sites.module.css";

type Standing = SiteLine["standing"];

/** Whether requests may be placed by the contract. */
export function StandingChip({ standing }: { readonly standing: Standing }): JSX.Element {
  const { t } = useTranslation("sites");
  const words = t(`standing.${standing}`);
  if (standing === "valid")
    return (
      <Chip tone="good" shape="check" framed>
        {words}
      </Chip>
    );
  if (standing === "coming")
    return (
      <Chip tone="active" shape="clock" framed>
        {words}
      </Chip>
    );
  if (standing === "none")
    return (
      <Chip tone="attention" shape="triangle" framed>
        {words}
      </Chip>
    );
  return (
    <Chip tone="idle" shape="slash" framed>
      {words}
    </Chip>
  );
}

export function Term({ from, until }: { readonly from: string | null; readonly until: string | null }): JSX.Element {
  const { t } = useTranslation("sites");
  if (from === null && until === null) return <>{t("term.open")}</>;
  return (
    <>
      {from === null ? t("term.no_begin") : <DayText value={from} />}
      {" – "}
      {until === null ? t("term.no_end") : <DayText value={until} />}
    </>
  );
}

interface TurnaroundsProps {
  readonly turnarounds: ContractVersion["turnarounds"];
  readonly site: Pick<SiteLine, "turnaround_days" | "due_time">;
}

/** Within what time, a priority a line; what the contract leaves open follows the site's own rule. */
export function Turnarounds({ turnarounds, site }: TurnaroundsProps): JSX.Element {
  const { t } = useTranslation("sites");
  const count = useCount();
  if (turnarounds.length === 0) {
    return (
      <>
        {site.turnaround_days === null
          ? t("contract.by_request")
          : t("contract.by_site", { number: count(site.turnaround_days), time: site.due_time })}
      </>
    );
  }
  return (
    <>
      {turnarounds.map(({ priority, amount, unit }) => (
        <div key={priority}>
          {t("turnaround.said", {
            priority: t(`priority.${priority}`),
            time: t(`turnaround.${unit}`, { number: count(amount) }),
          })}
        </div>
      ))}
    </>
  );
}

/** When a call was tried last, and whether it is to be tried now (REPORT-14). */
export function TestMark({ contact }: { readonly contact: SiteContact }): JSX.Element {
  const { t } = useTranslation("sites");
  if (contact.tested_on === null) {
    return (
      <Chip tone="attention" shape="triangle">
        {t("contact.never_tested")}
      </Chip>
    );
  }
  if (contact.reached === false) {
    return (
      <Chip tone="danger" shape="stop" title={contact.tested_by}>
        {t("contact.not_reached")} <DayText value={contact.tested_on} short />
      </Chip>
    );
  }
  return (
    <Chip
      tone={contact.test_due ? "attention" : "good"}
      shape={contact.test_due ? "triangle" : "check"}
      title={contact.tested_by}
    >
      {t(contact.test_due ? "contact.test_due" : "contact.tested")} <DayText value={contact.tested_on} short />
    </Chip>
  );
}

export function Telephone({ number }: { readonly number: string }): JSX.Element {
  if (number === "") return <>{"–"}</>;
  return (
    <a href={`tel:${dialled(number)}`} className={classes["number"]}>
      {number}
    </a>
  );
}

/** A hospital's name in the person's language, where it has one there. */
export function useSiteName(): (name: string, nameEn: string) => string {
  useTranslation("sites");
  return (name, nameEn) => (currentLanguage() === "en" && nameEn !== "" ? nameEn : name);
}
