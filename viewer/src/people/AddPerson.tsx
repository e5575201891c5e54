import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useState, type SyntheticEvent, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "@/ui/Dialog";
import { FailedLine } from "@/ui/States";
import type { Grant, NewPerson } from "@/api/types";
import { useAddPerson } from "./api";
import { GrantFields } from "./GrantFields";
import type { LinkFor } from "./PeoplePage";
import classes from "./People.module.css";

export interface AddPersonProps {
  readonly onClose: () => void;
  readonly onAdded: (link: LinkFor) => void;
}

/** One individual and a first role; the answer is the one-time link. */
export function AddPerson({ onClose, onAdded }: AddPersonProps): JSX.Element {
  const { t } = useTranslation(["people", "session", "ui"]);
  const add = useAddPerson();
  const [name, setName] = useState("");
  const [kana, setKana] = useState("");
  const [userName, setUserName] = useState("");
  const [language, setLanguage] = useState<NewPerson["language"]>("ja");
  const [grant, setGrant] = useState<Grant>({ role: "reader", site_id: null });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    add.mutate(
      {
        user_name: userName.trim(),
        display_name: name.trim(),
        display_name_kana: kana.trim(),
        language,
        grants: [grant],
      },
      { onSuccess: (link) => onAdded({ name: name.trim(), link }) },
    );
  };
  return (
    <Dialog onClose={onClose} title={t("add")} closeLabel={t("close")}>
      <form onSubmit={submit} className={classes["form"]}>
        {add.error && <FailedLine error={add.error} />}
        <div className={classes["two"]}>
          <TextInput
            label={t("field.name")}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            required
            withAsterisk={false}
            data-autofocus
          />
          <TextInput label={t("field.kana")} value={kana} onChange={(event) => setKana(event.currentTarget.value)} />
        </div>
        <TextInput
          label={t("session:user_name")}
          description={t("field.user_name_hint")}
          value={userName}
          onChange={(event) => setUserName(event.currentTarget.value)}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          required
          withAsterisk={false}
        />
        <GrantFields grant={grant} onChange={setGrant} />
        <NativeSelect
          label={t("ui:language.label")}
          value={language}
          onChange={(event) => setLanguage(event.currentTarget.value === "en" ? "en" : "ja")}
          data={[
            { value: "ja", label: t("ui:language.ja") },
            { value: "en", label: t("ui:language.en") },
          ]}
        />
        <div className={classes["buttons"]}>
          <Button variant="default" onClick={onClose}>
            {t("close")}
          </Button>
          <Button type="submit" loading={add.isPending}>
            {t("add_and_link")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
