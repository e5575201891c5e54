import { Button, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type JSX, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { getJson, sendJson } from "@/api/client";
import type { MailAddress as Known } from "@/api/types";
import { useMay } from "@/session/api";
import { Chip } from "@/ui/Chip";
import { FailedLine } from "@/ui/States";
import classes from "./Messages.module.css";

const PATH = "/api/v1/messages/mail-address";
const KEY = ["messages", "mail-address"] as const;

/** Where nudges about unread messages go; shown only where this hub sends any. */
export function MailAddress(): JSX.Element | null {
  const may = useMay();
  const query = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => getJson<Known>(PATH, signal),
    enabled: may("messages.read"),
    refetchOnWindowFocus: false,
  });
  return query.data?.sends_mail === true ? <Form key={query.data.address} known={query.data.address} /> : null;
}

function Form({ known }: { readonly known: string }): JSX.Element {
  const { t } = useTranslation("messages");
  const client = useQueryClient();
  const [address, setAddress] = useState(known);
  const save = useMutation({
    mutationFn: () => sendJson<Known>("PUT", PATH, { address }),
    onSuccess: (kept) => client.setQueryData(KEY, kept),
  });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form className={classes["mail"]} onSubmit={submit} aria-label={t("mail.title")}>
      <h2 className={classes["title"]}>{t("mail.title")}</h2>
      <p className={classes["quiet"]}>{t("mail.lead")}</p>
      <div className={classes["bottom"]}>
        <TextInput
          type="email"
          aria-label={t("mail.address")}
          placeholder={t("mail.address")}
          maxLength={254}
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={save.isPending} disabled={address.trim() === known}>
          {t("mail.save")}
        </Button>
        {known !== "" && address === known && (
          <Chip tone="idle" shape="full">
            {t("mail.on")}
          </Chip>
        )}
      </div>
      {save.error && <FailedLine error={save.error} />}
    </form>
  );
}
