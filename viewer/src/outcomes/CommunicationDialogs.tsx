import { Button, NativeSelect, Radio, Textarea, TextInput } from "@mantine/core";
import { useState, type JSX, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Communication } from "@/api/types";
import { instantOf, localOf } from "@/messages/model";
import { hubDate } from "@/ui/clock";
import { Dialog } from "@/ui/Dialog";
import { FailedLine } from "@/ui/States";
import { GRADES, METHODS, type Grade, type Method, type Said } from "./communicating";
import classes from "./Outcomes.module.css";

interface SayingProps {
  readonly busy: boolean;
  /** What came of the last try; what was typed stays until it is at the hub. */
  readonly error: Error | null;
  readonly onClose: () => void;
  readonly onSay: (said: Said, options: { readonly onSuccess: () => void }) => void;
  readonly onDone: () => void;
}

interface FrameProps extends Pick<SayingProps, "busy" | "error" | "onClose"> {
  readonly title: string;
  readonly ready: boolean;
  readonly onSave: () => void;
  readonly children: ReactNode;
}

const newId = (): string => crypto.randomUUID().replaceAll("-", "");

function Frame({ title, ready, busy, error, onClose, onSave, children }: FrameProps): JSX.Element {
  const { t } = useTranslation("outcomes");
  return (
    <Dialog title={title} closeLabel={t("cancel")} onClose={onClose} held={busy}>
      <form
        className={classes["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) onSave();
        }}
      >
        {children}
        {error && <FailedLine error={error} />}
        <div className={classes["buttons"]}>
          <Button variant="default" onClick={onClose} disabled={busy}>
            {t("cancel")}
          </Button>
          <Button type="submit" loading={busy} disabled={!ready}>
            {t("communication.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** What must reach a person, and how soon: with it the clock begins. */
export function OpenDialog({ busy, error, onClose, onSay, onDone }: SayingProps): JSX.Element {
  const { t } = useTranslation("outcomes");
  const [communicationId] = useState(newId);
  const [grade, setGrade] = useState<Grade>(1);
  const [finding, setFinding] = useState("");
  const said = finding.trim();
  return (
    <Frame
      title={t("communication.open")}
      ready={said !== ""}
      busy={busy}
      error={error}
      onClose={onClose}
      onSave={() =>
        onSay({ what: "open", communication_id: communicationId, grade, finding: said }, { onSuccess: onDone })
      }
    >
      <Radio.Group
        label={t("communication.how_soon")}
        value={String(grade)}
        onChange={(value) => setGrade(GRADES.find((one) => String(one) === value) ?? 1)}
      >
        {GRADES.map((one) => (
          <Radio key={one} mt={6} value={String(one)} label={t(`communication.grade.${one}`)} />
        ))}
      </Radio.Group>
      <Textarea
        label={t("communication.finding")}
        value={finding}
        onChange={(event) => setFinding(event.currentTarget.value)}
        maxLength={2000}
        minRows={3}
        autosize
        required
        data-autofocus
      />
    </Frame>
  );
}

interface AboutProps extends SayingProps {
  readonly one: Communication;
}

/** Whom I told, when, how, and whether they read it back. */
export function TellDialog({ one, busy, error, onClose, onSay, onDone }: AboutProps): JSX.Element {
  const { t } = useTranslation("outcomes");
  const [recipient, setRecipient] = useState("");
  const [method, setMethod] = useState<Method>("telephone");
  const [local, setLocal] = useState(() => localOf(hubDate()));
  const [readBack, setReadBack] = useState("");
  const at = instantOf(local);
  const verbal = method !== "secure_message";
  const name = recipient.trim();
  const ready = name !== "" && at !== null && (!verbal || readBack !== "");
  return (
    <Frame
      title={t("communication.tell")}
      ready={ready}
      busy={busy}
      error={error}
      onClose={onClose}
      onSave={() =>
        at !== null &&
        onSay(
          {
            what: "told",
            of: one.communication_id,
            recipient: name,
            method,
            at,
            read_back: verbal && readBack === "yes",
          },
          { onSuccess: onDone },
        )
      }
    >
      {one.grade === 1 && <p className={classes["quiet"]}>{t("communication.verbal")}</p>}
      <TextInput
        label={t("communication.recipient")}
        value={recipient}
        onChange={(event) => setRecipient(event.currentTarget.value)}
        maxLength={200}
        required
        data-autofocus
      />
      <NativeSelect
        label={t("communication.how")}
        value={method}
        data={METHODS.map((value) => ({ value, label: t(`communication.method.${value}`) }))}
        onChange={(event) => setMethod(METHODS.find((known) => known === event.currentTarget.value) ?? "telephone")}
      />
      <TextInput
        type="datetime-local"
        label={t("communication.when")}
        value={local}
        onChange={(event) => setLocal(event.currentTarget.value)}
      />
      {verbal && (
        <Radio.Group label={t("communication.asked_back")} value={readBack} onChange={setReadBack}>
          <Radio mt={6} value="yes" label={t("communication.read_back")} />
          <Radio mt={6} value="no" label={t("communication.not_read_back")} />
        </Radio.Group>
      )}
    </Frame>
  );
}

/** We have it: only this ends the clock. */
export function AcknowledgeDialog({ one, busy, error, onClose, onSay, onDone }: AboutProps): JSX.Element {
  const { t } = useTranslation("outcomes");
  const [note, setNote] = useState("");
  return (
    <Frame
      title={t("communication.acknowledge")}
      ready
      busy={busy}
      error={error}
      onClose={onClose}
      onSave={() => onSay({ what: "acknowledged", of: one.communication_id, note: note.trim() }, { onSuccess: onDone })}
    >
      <p className={classes["note"]}>{one.opened.note}</p>
      <Textarea
        label={t("communication.note")}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        maxLength={2000}
        minRows={2}
        autosize
        data-autofocus
      />
    </Frame>
  );
}
