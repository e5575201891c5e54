import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useState, type JSX, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import type { SiteContact } from "@/api/types";
import { Dialog } from "@/ui/Dialog";
import { FailedLine } from "@/ui/States";
import { useWriteContact } from "./api";
import { contactText, emptyContact, HOURS, type Hours } from "./model";
import classes from "./Sites.module.css";

export interface ContactDialogProps {
  readonly siteId: string;
  readonly contact: SiteContact | null;
  readonly hours: Hours;
  /** Where a new one stands: behind those who are called first. */
  readonly position: number;
  readonly onClose: () => void;
}

const LENGTHS = { name: 200, role: 200, telephone: 40, alternate: 40, note: 1000 } as const;

/** Whom to call; another number counts as never tried. */
export function ContactDialog({ siteId, contact, hours, position, onClose }: ContactDialogProps): JSX.Element {
  const { t } = useTranslation("sites");
  const write = useWriteContact(siteId);
  const [text, setText] = useState(contact ? contactText(contact) : emptyContact(hours, position));
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    const numbers = { telephone: text.telephone.normalize("NFKC"), alternate: text.alternate.normalize("NFKC") };
    const over = contact === null ? null : { contactId: contact.contact_id, version: contact.version };
    write.mutate({ contact: { ...text, ...numbers }, over }, { onSuccess: onClose });
  };
  const line = (name: keyof typeof LENGTHS, word: string, required = false): JSX.Element => (
    <TextInput
      key={name}
      label={word}
      value={text[name]}
      onChange={(event) => setText({ ...text, [name]: event.currentTarget.value })}
      maxLength={LENGTHS[name]}
      autoComplete="off"
      required={required}
      withAsterisk={false}
      {...(name === "name" ? { "data-autofocus": true } : {})}
    />
  );
  return (
    <Dialog title={t(contact ? "contact.change" : "contact.add")} closeLabel={t("close")} onClose={onClose}>
      <form onSubmit={submit} className={classes["form"]}>
        {write.error && <FailedLine error={write.error} />}
        <div className={classes["two"]}>
          <NativeSelect
            label={t("field.hours")}
            value={text.hours}
            onChange={(event) =>
              setText({ ...text, hours: HOURS.find((one) => one === event.currentTarget.value) ?? text.hours })
            }
            data={HOURS.map((one) => ({ value: one, label: t(`hours.${one}`) }))}
          />
          <TextInput
            type="number"
            min={1}
            max={100}
            label={t("field.position")}
            value={String(text.position + 1)}
            onChange={(event) => setText({ ...text, position: Math.max(0, Number(event.currentTarget.value) - 1) })}
          />
        </div>
        {line("name", t("field.contact_name"), true)}
        {line("role", t("field.role"))}
        <div className={classes["two"]}>
          {line("telephone", t("field.telephone"), true)}
          {line("alternate", t("field.alternate"))}
        </div>
        {line("note", t("field.note"))}
        <div className={classes["buttons"]}>
          <Button variant="default" onClick={onClose}>
            {t("close")}
          </Button>
          <Button type="submit" loading={write.isPending}>
            {t("contact.record")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
