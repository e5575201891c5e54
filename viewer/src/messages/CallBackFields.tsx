import { Radio, TextInput } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Messages.module.css";
import type { Composer } from "./useComposer";

/** Who was called, where, when, and whether they read back what they were told: all of it, or it was no call back. */
export function CallBackFields({ composer }: { readonly composer: Composer }): JSX.Element {
  const { t } = useTranslation("messages");
  const { draft, keeper } = composer;
  const composition = {
    onCompositionStart: () => keeper.compose(true),
    onCompositionEnd: () => keeper.compose(false),
  };
  return (
    <div className={classes["fields"]}>
      <TextInput
        size="xs"
        label={t("called.person")}
        maxLength={200}
        value={draft.called_person}
        onChange={(event) => keeper.edit({ called_person: event.currentTarget.value })}
        {...composition}
      />
      <TextInput
        size="xs"
        label={t("called.number")}
        maxLength={200}
        value={draft.called_number}
        onChange={(event) => keeper.edit({ called_number: event.currentTarget.value })}
        {...composition}
      />
      <TextInput
        size="xs"
        type="datetime-local"
        label={t("called.at")}
        value={draft.called_at}
        onChange={(event) => keeper.edit({ called_at: event.currentTarget.value })}
      />
      <Radio.Group
        size="xs"
        label={t("called.read_back")}
        value={typeof draft.read_back === "boolean" ? String(draft.read_back) : ""}
        onChange={(value) => keeper.edit({ read_back: value === "true" })}
      >
        <div className={classes["choices"]}>
          <Radio size="xs" value="true" label={t("called.yes")} />
          <Radio size="xs" value="false" label={t("called.no")} />
        </div>
      </Radio.Group>
    </div>
  );
}
