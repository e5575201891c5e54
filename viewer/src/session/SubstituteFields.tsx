import { Button, TextInput } from "@mantine/core";
import { useState, type JSX, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import type { SubstituteSignIn } from "@/api/types";
import classes from "./Session.module.css";

export interface SubstituteFieldsProps {
  /** Set on the lock screen: only this person may come back to this page. */
  readonly userName: string | undefined;
  readonly busy: boolean;
  readonly onTyped: (typed: SubstituteSignIn) => void;
}

/** For somebody whose key is lost: the two codes from two administrators (AUTH-06). */
export function SubstituteFields({ userName, busy, onTyped }: SubstituteFieldsProps): JSX.Element {
  const { t } = useTranslation(["rights", "session"]);
  const [typed, setTyped] = useState({ user_name: userName ?? "", first_code: "", second_code: "" });
  const put = (name: keyof typeof typed, value: string): void => setTyped({ ...typed, [name]: value });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    onTyped({ ...typed, user_name: typed.user_name.trim() });
  };
  const fields = [
    ...(userName === undefined ? [["user_name", t("session:user_name")] as const] : []),
    ["first_code", t("code.first")] as const,
    ["second_code", t("code.second")] as const,
  ];
  return (
    <form onSubmit={submit} className={classes["fields"]}>
      <p className={classes["lead"]}>{t("sign_in.text")}</p>
      {fields.map(([name, label], at) => (
        <TextInput
          key={name}
          label={label}
          value={typed[name]}
          onChange={(event) => put(name, event.currentTarget.value)}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          required
          withAsterisk={false}
          data-autofocus={at === 0 ? "" : undefined}
        />
      ))}
      <Button type="submit" variant="default" size="md" loading={busy}>
        {t("sign_in.do")}
      </Button>
    </form>
  );
}
