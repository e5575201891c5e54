import { Button, NativeSelect, NumberInput } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { ReportManager } from "@/api/types";
import { Listed, Section } from "@/rights/Section";
import { Table } from "@/rights/Table";
import { Chip } from "@/ui/Chip";
import { FailedLine } from "@/ui/States";
import { useNameOfSite } from "@/session/useNameOfSite";
import { LIMITS, useManagers, useNameManager, type Limit, type ManagerWanted } from "./api";
import own from "./Centre.module.css";

const LONGEST = 30;
const MOST: Readonly<Record<Limit, number>> = { first_minutes: 1440, second_hours: 168, third_days: 30 };

/** Whom each site has named for reports that nobody opens (報告書確認管理者). */
export function Managers(): JSX.Element {
  const { t } = useTranslation("centre");
  const name = useNameManager();
  return (
    <Section title={t("managers.title")} lead={t("managers.lead")}>
      {name.error && <FailedLine error={name.error} />}
      <Listed query={useManagers()} none={t("managers.none")}>
        {(sites) => (
          <Table
            label={t("managers.title")}
            columns={[
              t("managers.site"),
              t("managers.who"),
              t("managers.days"),
              ...LIMITS.map((limit) => t(`managers.limit.${limit}`)),
            ]}
            actions={t("managers.actions")}
          >
            {sites.map((one) => (
              <Row
                key={[one.site_id, one.person_id, one.unread_days, ...LIMITS.map((limit) => one[limit])].join(" ")}
                one={one}
                busy={name.isPending}
                onName={name.mutate}
              />
            ))}
          </Table>
        )}
      </Listed>
    </Section>
  );
}

interface RowProps {
  readonly one: ReportManager;
  readonly busy: boolean;
  readonly onName: (wanted: ManagerWanted) => void;
}

function Row({ one, busy, onName }: RowProps): JSX.Element {
  const siteName = useNameOfSite()(one.site_id, one.site_name);
  const { t } = useTranslation("centre");
  const [personId, setPersonId] = useState(one.can_open ? (one.person_id ?? "") : "");
  const [days, setDays] = useState(one.unread_days);
  const [limits, setLimits] = useState<Readonly<Record<Limit, number>>>(one);
  const same =
    personId === (one.person_id ?? "") &&
    days === one.unread_days &&
    LIMITS.every((limit) => limits[limit] === one[limit]);
  const { first_minutes, second_hours, third_days } = limits;
  return (
    <tr>
      <td>{siteName}</td>
      <td>
        <NativeSelect
          className={own["wide"] ?? ""}
          size="xs"
          aria-label={t("managers.of", { site: siteName })}
          value={personId}
          data={[
            { value: "", label: t("managers.nobody") },
            ...one.candidates.map(({ person_id, display_name }) => ({ value: person_id, label: display_name })),
          ]}
          onChange={(event) => setPersonId(event.currentTarget.value)}
        />
        {!one.can_open && (
          <Chip tone="attention" shape="triangle">
            {t(one.person_id === null ? "managers.missing" : "managers.cannot")}
          </Chip>
        )}
      </td>
      <td>
        <NumberInput
          className={own["narrow"] ?? ""}
          size="xs"
          aria-label={t("managers.days_of", { site: siteName })}
          value={days}
          min={1}
          max={LONGEST}
          clampBehavior="blur"
          allowDecimal={false}
          onChange={(typed) => setDays(Number(typed) || 1)}
        />
      </td>
      {LIMITS.map((limit) => (
        <td key={limit}>
          <NumberInput
            className={own["narrow"] ?? ""}
            size="xs"
            aria-label={t("managers.limit_of", { site: siteName, limit: t(`managers.limit.${limit}`) })}
            value={limits[limit]}
            min={1}
            max={MOST[limit]}
            clampBehavior="blur"
            allowDecimal={false}
            onChange={(typed) => setLimits({ ...limits, [limit]: Number(typed) || 1 })}
          />
        </td>
      ))}
      <td style={{ textAlign: "end" }}>
        <Button
          size="compact-sm"
          variant="default"
          disabled={same}
          loading={busy}
          onClick={() =>
            onName({
              site_id: one.site_id,
              person_id: personId || null,
              unread_days: days,
              first_minutes,
              second_hours,
              third_days,
            })
          }
        >
          {t("save")}
        </Button>
      </td>
    </tr>
  );
}
