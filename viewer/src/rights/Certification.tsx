import { Button, TextInput } from "@mantine/core";
import { useState, type JSX, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Certification as Recorded } from "@/api/types";
import { Chip } from "@/ui/Chip";
import { FailedLine } from "@/ui/States";
import { useStanding } from "@/ui/useStanding";
import { InstantText } from "@/ui/Written";
import { useCertifications, useRecordCertification, useWithdraw } from "./api";
import classes from "./Rights.module.css";
import { Listed, Section } from "./Section";
import { Table } from "./Table";

/** What the certificate says; the notice goes where exactly this version is certified, and comes back with another (OPS-14). */
export function Certification(): JSX.Element {
  const { t } = useTranslation("rights");
  const standing = useStanding();
  const withdraw = useWithdraw();
  return (
    <Section
      title={t("certification.title")}
      lead={t("certification.lead", { version: standing?.version ?? "" })}
      aside={
        standing &&
        (standing.in_evaluation ? (
          <Chip tone="attention" shape="triangle" framed>
            {t("certification.evaluation")}
          </Chip>
        ) : (
          <Chip tone="good" shape="check" framed>
            {t("certification.certified", { number: standing.number })}
          </Chip>
        ))
      }
    >
      <Record version={standing?.version ?? ""} />
      {withdraw.error && <FailedLine error={withdraw.error} />}
      <Listed query={useCertifications()} none={t("certification.none")}>
        {(found) => (
          <Table
            label={t("certification.title")}
            columns={[t("field.number"), t("field.holder"), t("field.version"), t("column.when"), t("column.state")]}
            actions={t("column.actions")}
          >
            {found.map((one) => (
              <tr key={one.certification_id}>
                <td>{one.number}</td>
                <td className={classes["wrap"]}>{one.holder}</td>
                <td>{one.version}</td>
                <td>
                  <InstantText value={one.recorded_at} />
                </td>
                <td>
                  <State one={one} />
                </td>
                <td style={{ textAlign: "end" }}>
                  {one.withdrawn_at === null && (
                    <Button size="compact-sm" variant="default" onClick={() => withdraw.mutate(one.certification_id)}>
                      {t("certification.withdraw")}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Listed>
    </Section>
  );
}

function State({ one }: { readonly one: Recorded }): JSX.Element {
  const { t } = useTranslation("rights");
  if (one.withdrawn_at !== null) {
    return (
      <Chip tone="idle" shape="slash">
        {t("certification.withdrawn")}
      </Chip>
    );
  }
  return one.covers ? (
    <Chip tone="good" shape="check">
      {t("certification.covers")}
    </Chip>
  ) : (
    <Chip tone="idle" shape="hollow">
      {t("certification.other_version")}
    </Chip>
  );
}

function Record({ version }: { readonly version: string }): JSX.Element {
  const { t } = useTranslation("rights");
  const record = useRecordCertification();
  const empty = { number: "", holder: "", version: "" };
  const [text, setText] = useState(empty);
  const put = (name: keyof typeof text, value: string): void => setText({ ...text, [name]: value });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    record.mutate(text, { onSuccess: () => setText(empty) });
  };
  return (
    <form onSubmit={submit} className={classes["form"]} style={{ marginBottom: 12 }}>
      {record.error && <FailedLine error={record.error} />}
      <div className={classes["three"]}>
        {(["number", "holder", "version"] as const).map((name) => (
          <TextInput
            key={name}
            label={t(`field.${name}`)}
            value={text[name]}
            placeholder={name === "version" ? version : undefined}
            onChange={(event) => put(name, event.currentTarget.value)}
            autoComplete="off"
            required
            withAsterisk={false}
          />
        ))}
        <Button type="submit" variant="default" loading={record.isPending}>
          {t("certification.record")}
        </Button>
      </div>
    </form>
  );
}
