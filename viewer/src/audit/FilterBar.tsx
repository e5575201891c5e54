import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "@/session/api";
import { useNameOfSite } from "@/session/useNameOfSite";
import { useAuditPeople } from "./api";
import classes from "./Audit.module.css";
import { GROUPS, NO_FILTERS, type Filters } from "./filters";
import { SeekPatient } from "./SeekPatient";

export interface FilterBarProps {
  readonly filters: Filters;
  readonly onChange: (filters: Filters) => void;
}

/** When, who, where, what, and of whom; each choice is one line of the address. */
export function FilterBar({ filters, onChange }: FilterBarProps): JSX.Element {
  const { t } = useTranslation("audit");
  const { session } = useSession();
  const nameOf = useNameOfSite();
  const people = useAuditPeople();
  const [seeking, setSeeking] = useState(false);
  const change = (part: Partial<Filters>): void => onChange({ ...filters, ...part });
  return (
    <div className={classes["filters"]} role="search" aria-label={t("filter.label")}>
      <TextInput
        size="xs"
        type="date"
        label={t("filter.since")}
        value={filters.since}
        max={filters.until || undefined}
        onChange={(event) => change({ since: event.currentTarget.value })}
      />
      <TextInput
        size="xs"
        type="date"
        label={t("filter.until")}
        value={filters.until}
        min={filters.since || undefined}
        onChange={(event) => change({ until: event.currentTarget.value })}
      />
      <NativeSelect
        size="xs"
        label={t("filter.person")}
        value={filters.person}
        onChange={(event) => change({ person: event.currentTarget.value })}
        data={[
          { value: "", label: t("filter.everybody") },
          ...(people.data ?? []).map(({ person_id, display_name, user_name }) => ({
            value: person_id,
            label: `${display_name} (${user_name})`,
          })),
        ]}
      />
      <NativeSelect
        size="xs"
        label={t("filter.site")}
        value={filters.site}
        onChange={(event) => change({ site: event.currentTarget.value, study: "", patient: false })}
        data={[
          { value: "", label: t("filter.everywhere") },
          ...session.sites.map(({ site_id }) => ({ value: site_id, label: nameOf(site_id) })),
        ]}
      />
      <NativeSelect
        size="xs"
        label={t("filter.group")}
        value={filters.group}
        onChange={(event) => change({ group: GROUPS.find((known) => known === event.currentTarget.value) ?? "" })}
        data={[
          { value: "", label: t("filter.everything") },
          ...GROUPS.map((group) => ({ value: group, label: t(`group.${group}`) })),
        ]}
      />
      <div className={classes["patient"]}>
        <span className={classes["label"]} id="audit-patient">
          {t("filter.patient")}
        </span>
        {filters.study ? (
          <Button
            size="xs"
            variant="light"
            aria-describedby="audit-patient"
            onClick={() => change({ study: "", patient: false })}
          >
            {filters.patient ? t("filter.one_patient") : t("filter.one_study")}
            <span aria-hidden className={classes["cross"]}>
              {"×"}
            </span>
          </Button>
        ) : (
          <Button size="xs" variant="default" aria-describedby="audit-patient" onClick={() => setSeeking(true)}>
            {t("filter.seek")}
          </Button>
        )}
      </div>
      <Button size="xs" variant="subtle" onClick={() => onChange(NO_FILTERS)}>
        {t("filter.clear")}
      </Button>
      {seeking && (
        <SeekPatient
          onClose={() => setSeeking(false)}
          onChosen={(site, study, patient) => {
            setSeeking(false);
            change({ site, study, patient });
          }}
        />
      )}
    </div>
  );
}
