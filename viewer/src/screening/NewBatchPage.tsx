import { Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useState, type SyntheticEvent, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { DayField } from "@/requests/fields";
import { useMay, useSitesWith } from "@/session/api";
import { hubDate } from "@/ui/clock";
import { dayOf, formatDay } from "@/ui/format";
import { Page } from "@/ui/Page";
import { Empty, FailedLine } from "@/ui/States";
import { useNameOfSite } from "@/session/useNameOfSite";
import { useMake } from "./api";
import { gapsOf, planOf, type Gap, type Typed } from "./model";
import classes from "./Screening.module.css";

/** A batch is made first; its roster comes on its own page, where it can be looked at before it is taken. */
export default function NewBatchPage(): JSX.Element {
  const { t } = useTranslation("screening");
  const may = useMay();
  return (
    <Page title={t("new")} lead={t("new_lead")}>
      {may("screening.manage") ? <Form /> : <Empty title={t("new")}>{t("not_for_role")}</Empty>}
    </Page>
  );
}

function Form(): JSX.Element {
  const { t } = useTranslation("screening");
  const sites = useSitesWith("screening.manage");
  const nameOf = useNameOfSite();
  const [, go] = useLocation();
  const [asked, setAsked] = useState(false);
  const [typed, setTyped] = useState<Typed>(() => ({
    site_id: sites.length === 1 ? (sites[0]?.site_id ?? "") : "",
    name: "",
    held_on: formatDay(dayOf(hubDate()), "iso"),
    organiser: "",
    read_twice: true,
    accession_is_exam_number: false,
  }));
  const make = useMake();
  const gaps = gapsOf(typed);
  const missing = (gap: Gap): string | undefined => (asked && gaps.includes(gap) ? t(`gap.${gap}`) : undefined);
  const change = (changed: Partial<Typed>): void => setTyped({ ...typed, ...changed });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setAsked(true);
    if (gaps.length > 0 || make.isPending) return;
    make.mutate(planOf(typed), {
      onSuccess: ({ batch_id }) => go(`/screening/${encodeURIComponent(batch_id)}`, { replace: true }),
    });
  };
  return (
    <form onSubmit={submit} className={classes["form"]} noValidate>
      {sites.length > 1 && (
        <NativeSelect
          label={t("field.site")}
          value={typed.site_id}
          onChange={(event) => change({ site_id: event.currentTarget.value })}
          error={missing("site_id")}
          data={[
            { value: "", label: t("field.choose_site") },
            ...sites.map(({ site_id }) => ({ value: site_id, label: nameOf(site_id) })),
          ]}
        />
      )}
      <TextInput
        label={t("field.name")}
        description={t("field.name_hint")}
        value={typed.name}
        maxLength={200}
        onChange={(event) => change({ name: event.currentTarget.value })}
        error={missing("name")}
      />
      <div className={classes["pair"]}>
        <DayField
          label={t("field.held_on")}
          value={typed.held_on}
          onChange={(held_on) => change({ held_on })}
          error={missing("held_on")}
          required
        />
        <TextInput
          label={t("field.organiser")}
          value={typed.organiser}
          maxLength={200}
          onChange={(event) => change({ organiser: event.currentTarget.value })}
        />
      </div>
      <Checkbox
        label={t("field.read_twice")}
        description={t("field.read_twice_hint")}
        checked={typed.read_twice}
        onChange={(event) => change({ read_twice: event.currentTarget.checked })}
      />
      <Checkbox
        label={t("field.accession")}
        description={t("field.accession_hint")}
        checked={typed.accession_is_exam_number}
        onChange={(event) => change({ accession_is_exam_number: event.currentTarget.checked })}
      />
      {make.error !== null && <FailedLine error={make.error} />}
      <div>
        <Button type="submit" loading={make.isPending}>
          {t("make")}
        </Button>
      </div>
    </form>
  );
}
