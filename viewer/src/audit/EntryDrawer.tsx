import { Button, Drawer, Textarea } from "@mantine/core";
import { useState, type JSX, type ReactNode, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import type { AuditLine } from "@/api/types";
import { FailedLine } from "@/ui/States";
import { SiteName } from "@/session/SiteName";
import { useNoteAnomaly, useReviews } from "./api";
import classes from "./Audit.module.css";
import { detailsOf, type Filters } from "./filters";
import { useEventWord } from "./useWords";
import { JapanTime, Who, Whose } from "./Written";

export interface EntryDrawerProps {
  readonly line: AuditLine;
  readonly onClose: () => void;
  readonly onFilter: (part: Partial<Filters>) => void;
}

/** One entry whole: what the hub wrote, and the ways on from it. */
export function EntryDrawer({ line, onClose, onFilter }: EntryDrawerProps): JSX.Element {
  const { t } = useTranslation("audit");
  const word = useEventWord();
  return (
    <Drawer.Root opened onClose={onClose} position="right" size="md">
      <Drawer.Overlay backgroundOpacity={0.2} />
      <Drawer.Content>
        <div className={classes["drawerHead"]}>
          <Drawer.Title className={classes["drawerTitle"] ?? ""}>{word(line.event)}</Drawer.Title>
          <Drawer.CloseButton aria-label={t("close")} />
        </div>
        <Drawer.Body>
          <dl className={classes["facts"]}>
            <Fact word={t("column.at")}>
              <JapanTime value={line.at} />
            </Fact>
            <Fact word={t("column.who")}>
              <Who line={line} />
            </Fact>
            {line.patient && (
              <Fact word={t("column.whose")}>
                <Whose patient={line.patient} />
              </Fact>
            )}
            {line.subject_name && <Fact word={t("column.account")}>{line.subject_name}</Fact>}
            {line.site_id && (
              <Fact word={t("column.site")}>
                <SiteName id={line.site_id} name={line.site_name} />
              </Fact>
            )}
            <Fact word={t("column.group")}>{t(`group.${line.group}`)}</Fact>
            <Fact word={t("column.sequence")}>{line.sequence}</Fact>
            <Coded word={t("column.event")} value={line.event} />
            <Coded word={t("column.actor")} value={line.actor.actor} />
            {line.subject && <Coded word={t("column.subject")} value={line.subject} />}
          </dl>
          <Details line={line} />
          <Ways line={line} onFilter={onFilter} />
          <NoteAnomaly sequence={line.sequence} />
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}

function Fact({ word, children }: { readonly word: string; readonly children: ReactNode }): JSX.Element {
  return (
    <div>
      <dt>{word}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Coded({ word, value }: { readonly word: string; readonly value: string }): JSX.Element {
  return (
    <Fact word={word}>
      <code className={classes["code"]} lang="en">
        {value}
      </code>
    </Fact>
  );
}

function Details({ line }: { readonly line: AuditLine }): JSX.Element | null {
  const { t } = useTranslation("audit");
  const details = detailsOf(line.details);
  if (details.length === 0) return null;
  return (
    <section aria-label={t("details")}>
      <h2 className={classes["heading"]}>{t("details")}</h2>
      <dl className={classes["facts"]}>
        {details.map(([name, value]) => (
          <div key={name} lang="en">
            <dt>{name}</dt>
            <dd className={classes["code"]}>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Ways({ line, onFilter }: Pick<EntryDrawerProps, "line" | "onFilter">): JSX.Element {
  const { t } = useTranslation("audit");
  const { actor } = line.actor;
  const here = { site: line.site_id, study: line.subject };
  return (
    <div className={classes["ways"]}>
      {actor.startsWith("person:") && (
        <Button size="xs" variant="default" onClick={() => onFilter({ person: actor.slice("person:".length) })}>
          {t("way.person")}
        </Button>
      )}
      {line.is_study && (
        <Button size="xs" variant="default" onClick={() => onFilter({ ...here, patient: false })}>
          {t("way.study")}
        </Button>
      )}
      {line.patient && (
        <Button size="xs" variant="default" onClick={() => onFilter({ ...here, patient: true })}>
          {t("way.patient")}
        </Button>
      )}
    </div>
  );
}

/** For an open review: what wants explaining, with this entry's number. */
function NoteAnomaly({ sequence }: { readonly sequence: number }): JSX.Element | null {
  const { t } = useTranslation("audit");
  const reviews = useReviews();
  const note = useNoteAnomaly();
  const [text, setText] = useState("");
  const open = reviews.data?.find(({ signed_at }) => signed_at === null);
  if (!open) return null;
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    note.mutate({ month: open.month, text, sequence }, { onSuccess: () => setText("") });
  };
  return (
    <form onSubmit={submit} className={classes["note"]}>
      <Textarea
        label={t("anomaly.note")}
        description={t("anomaly.note_hint", { month: open.month })}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        maxLength={2000}
        autosize
        minRows={2}
        required
        withAsterisk={false}
      />
      {note.error && <FailedLine error={note.error} />}
      <div className={classes["buttons"]}>
        {note.isSuccess && text === "" && <span role="status">{t("anomaly.noted")}</span>}
        <Button type="submit" size="xs" loading={note.isPending}>
          {t("anomaly.note_go")}
        </Button>
      </div>
    </form>
  );
}
