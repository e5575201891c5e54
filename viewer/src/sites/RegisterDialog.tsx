import { Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useState, type JSX, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import type { SiteDetail } from "@/api/types";
import { Dialog } from "@/ui/Dialog";
import { FailedLine } from "@/ui/States";
import { useWriteRegister, type RegisterText } from "./api";
import { DUTIES } from "./model";
import classes from "./Sites.module.css";

export interface RegisterDialogProps {
  readonly site: SiteDetail;
  readonly onClose: () => void;
}

type Responsible = RegisterText["responsible"][number];

interface PartProps {
  readonly text: RegisterText;
  readonly change: (part: Partial<RegisterText>) => void;
}

const textOf = (site: SiteDetail): RegisterText => ({
  ...site.register_entry,
  name: site.name,
  name_en: site.name_en,
  version: site.version,
});

/** What is on record of a hospital. */
export function RegisterDialog({ site, onClose }: RegisterDialogProps): JSX.Element {
  const { t } = useTranslation("sites");
  const write = useWriteRegister(site.site_id);
  const [text, setText] = useState(() => textOf(site));
  const change = (part: Partial<RegisterText>): void => setText({ ...text, ...part });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    const telephone = text.telephone.normalize("NFKC");
    const institution_code = text.institution_code.normalize("NFKC").replace(/[\s-]/gu, "");
    write.mutate({ ...text, telephone, institution_code }, { onSuccess: onClose });
  };
  return (
    <Dialog title={t("register.edit")} closeLabel={t("close")} onClose={onClose} wide>
      <form onSubmit={submit} className={classes["form"]}>
        {write.error && <FailedLine error={write.error} />}
        <Place text={text} change={change} />
        <h3>{t("standard.title")}</h3>
        <StandardFields text={text} change={change} />
        <h3>{t("register.responsible")}</h3>
        <ResponsibleFields text={text} change={change} />
        <div className={classes["buttons"]}>
          <Button variant="default" onClick={onClose}>
            {t("close")}
          </Button>
          <Button type="submit" loading={write.isPending}>
            {t("register.record")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Place({ text, change }: PartProps): JSX.Element {
  const { t } = useTranslation("sites");
  const names = ["name", "name_en", "institution_code", "telephone", "postal_code", "address", "address_en"] as const;
  return (
    <div className={classes["two"]}>
      {names.map((name) => (
        <TextInput
          key={name}
          label={t(`field.${name}`)}
          value={text[name]}
          onChange={(event) => change({ [name]: event.currentTarget.value })}
          autoComplete="off"
          required={name === "name"}
          withAsterisk={false}
        />
      ))}
      <div className={classes["two"]}>
        <TextInput
          type="time"
          label={t("field.day_from")}
          value={text.day_from}
          onChange={(event) => change({ day_from: event.currentTarget.value })}
          required
          withAsterisk={false}
        />
        <TextInput
          type="time"
          label={t("field.day_until")}
          value={text.day_until}
          onChange={(event) => change({ day_until: event.currentTarget.value })}
          required
          withAsterisk={false}
        />
      </div>
    </div>
  );
}

function StandardFields({ text, change }: PartProps): JSX.Element {
  const { t } = useTranslation("sites");
  const { standard } = text;
  const put = (part: Partial<RegisterText["standard"]>): void => change({ standard: { ...standard, ...part } });
  return (
    <>
      <Checkbox
        label={t("standard.devices_adequate")}
        checked={standard.devices_adequate}
        onChange={(event) => put({ devices_adequate: event.currentTarget.checked })}
      />
      <TextInput
        label={t("field.devices")}
        value={standard.devices}
        onChange={(event) => put({ devices: event.currentTarget.value })}
        maxLength={2000}
      />
      <Checkbox
        label={t("standard.no_outsourcing")}
        checked={standard.no_outsourcing}
        onChange={(event) => put({ no_outsourcing: event.currentTarget.checked })}
      />
      <div className={classes["two"]}>
        <TextInput
          label={t("standard.named_receiver")}
          value={standard.named_receiver}
          onChange={(event) => put({ named_receiver: event.currentTarget.value })}
          maxLength={200}
        />
        <TextInput
          label={t("standard.full_time_radiologist")}
          value={standard.full_time_radiologist}
          onChange={(event) => put({ full_time_radiologist: event.currentTarget.value })}
          maxLength={200}
        />
        <TextInput
          type="date"
          label={t("standard.confirmed_on")}
          value={standard.confirmed_on ?? ""}
          onChange={(event) => put({ confirmed_on: event.currentTarget.value || null })}
        />
      </div>
    </>
  );
}

function ResponsibleFields({ text, change }: PartProps): JSX.Element {
  const { t } = useTranslation("sites");
  const { responsible } = text;
  const put = (at: number, part: Partial<Responsible>): void =>
    change({
      responsible: responsible.map((one: Responsible, index): Responsible =>
        index === at ? { ...one, ...part } : one,
      ),
    });
  return (
    <>
      {responsible.map((one, at) => (
        <div key={at} className={classes["responsible"]}>
          <NativeSelect
            label={t("field.duty")}
            value={one.duty}
            onChange={(event) =>
              put(at, { duty: DUTIES.find((duty) => duty === event.currentTarget.value) ?? one.duty })
            }
            data={DUTIES.map((duty) => ({ value: duty, label: t(`duty.${duty}`) }))}
          />
          <TextInput
            label={t("field.person")}
            value={one.name}
            onChange={(event) => put(at, { name: event.currentTarget.value })}
            required
            withAsterisk={false}
          />
          <TextInput
            label={t("field.telephone")}
            value={one.telephone}
            onChange={(event) => put(at, { telephone: event.currentTarget.value })}
          />
          <Button
            variant="subtle"
            onClick={() => change({ responsible: responsible.filter((_, index) => index !== at) })}
          >
            {t("contact.end")}
          </Button>
        </div>
      ))}
      <div>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => change({ responsible: [...responsible, { duty: "imaging", name: "", telephone: "" }] })}
        >
          {t("register.add_responsible")}
        </Button>
      </div>
    </>
  );
}
