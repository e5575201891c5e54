import { Button, Textarea } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { CallBack, Message, MessageDraft, Thread } from "@/api/types";
import { useSession } from "@/session/api";
import { Chip, type Tone } from "@/ui/Chip";
import { formatBytes } from "@/ui/format";
import type { Shape } from "@/ui/shapes";
import { FailedLine } from "@/ui/States";
import { InstantText } from "@/ui/Written";
import { useSay } from "./api";
import classes from "./Messages.module.css";
import { firstWords, isOpen, standingOf, type Standing } from "./model";

export interface CardProps {
  readonly itemId: string;
  readonly message: Message;
  readonly thread: Thread;
  /** Written by somebody else since this person last looked. */
  readonly fresh: boolean;
  readonly begin: (change: Partial<MessageDraft>) => void;
}

/** One message as it was written; what came of it stands below, and what may be done about it. */
export function MessageCard(props: CardProps): JSX.Element {
  const { message, thread, fresh } = props;
  const { t } = useTranslation("messages");
  return (
    <li className={classes["card"]} data-message={message.number} data-standing={standingOf(message)}>
      <div className={classes["head"]}>
        <strong>{t(`kind.${message.kind}`)}</strong>
        <span className={classes["author"]}>{message.author_name}</span>
        <span className={classes["quiet"]}>{t(`side.${message.side}`)}</span>
        {fresh && (
          <Chip tone="active" shape="full">
            {t("new")}
          </Chip>
        )}
        <span className={classes["at"]}>
          <InstantText value={message.written_at} />
        </span>
      </div>
      <Refers message={message} thread={thread} />
      {message.call_back && <Called call={message.call_back} />}
      <p className={classes["text"]}>{message.text}</p>
      {message.attachments.length > 0 && (
        <ul className={classes["files"]}>
          {message.attachments.map(({ attachment_id, file_name, size, url }) => (
            <li key={attachment_id}>
              <a href={url} download={file_name}>
                {file_name}
              </a>{" "}
              <span className={classes["quiet"]}>{formatBytes(size)}</span>
            </li>
          ))}
        </ul>
      )}
      <Standing message={message} />
      {thread.may_write && <Actions {...props} />}
    </li>
  );
}

/** Which message this one answers or corrects. */
function Refers({ message, thread }: Pick<CardProps, "message" | "thread">): JSX.Element | null {
  const { t } = useTranslation("messages");
  const other = thread.messages.find(({ message_id }) => message_id === (message.answers ?? message.corrects));
  if (other === undefined) return null;
  const words = firstWords(other.text);
  return (
    <p className={classes["refers"]}>{message.answers === null ? t("corrects", { words }) : t("answers", { words })}</p>
  );
}

function Called({ call }: { readonly call: CallBack }): JSX.Element {
  const { t } = useTranslation("messages");
  return (
    <dl className={classes["called"]}>
      <dt>{t("called.person")}</dt>
      <dd>{call.person}</dd>
      <dt>{t("called.number")}</dt>
      <dd>{call.number}</dd>
      <dt>{t("called.at")}</dt>
      <dd>
        <InstantText value={call.at} />
      </dd>
      <dt>{t("called.read_back")}</dt>
      <dd>
        <Chip tone={call.read_back ? "idle" : "attention"} shape={call.read_back ? "check" : "triangle"}>
          {call.read_back ? t("called.yes") : t("called.no")}
        </Chip>
      </dd>
    </dl>
  );
}

const MARKS: Record<Exclude<Standing, "plain">, { readonly tone: Tone; readonly shape: Shape }> = {
  holds: { tone: "danger", shape: "stop" },
  unanswered: { tone: "attention", shape: "triangle" },
  to_do: { tone: "attention", shape: "hollow" },
  answered: { tone: "idle", shape: "check" },
  waived: { tone: "idle", shape: "slash" },
  done: { tone: "idle", shape: "check" },
};

function Standing({ message }: { readonly message: Message }): JSX.Element | null {
  const { t } = useTranslation("messages");
  const standing = standingOf(message);
  const { to_do: toDo } = message;
  if (standing === "plain") return null;
  return (
    <div className={classes["standing"]}>
      <Chip {...MARKS[standing]} framed>
        {t(`standing.${standing}`)}
      </Chip>
      {toDo.at !== null && (
        <span className={classes["quiet"]}>
          {toDo.by} <InstantText value={toDo.at} />
        </span>
      )}
      {toDo.reason !== "" && <p className={classes["reason"]}>{t("reason_was", { reason: toDo.reason })}</p>}
    </div>
  );
}

function Actions({ itemId, message, begin }: CardProps): JSX.Element {
  const { t } = useTranslation("messages");
  const { session } = useSession();
  const say = useSay(itemId);
  const [waiving, setWaiving] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const open = isOpen(message);
  const question = message.kind === "question";
  const mine = message.author_id === session.person.person_id;
  const done = (): void => {
    setError(null);
    say(`/${message.message_id}/done`).catch(setError);
  };
  return (
    <>
      <div className={classes["actions"]}>
        {question && (
          <Button
            size="compact-xs"
            variant={open ? "filled" : "subtle"}
            onClick={() => begin({ kind: "answer", answers: message.message_id, corrects: "" })}
          >
            {t("action.answer")}
          </Button>
        )}
        {question && open && message.may_waive && (
          <Button size="compact-xs" variant="default" onClick={() => setWaiving(!waiving)} aria-expanded={waiving}>
            {t("action.waive")}
          </Button>
        )}
        {open && !question && (
          <Button size="compact-xs" variant="default" onClick={done}>
            {t("action.done")}
          </Button>
        )}
        {mine && message.kind === "note" && (
          <Button
            size="compact-xs"
            variant="subtle"
            onClick={() => begin({ kind: "note", corrects: message.message_id, answers: "", text: message.text })}
          >
            {t("action.correct")}
          </Button>
        )}
      </div>
      {error !== null && <FailedLine error={error} />}
      {waiving && open && <Waive itemId={itemId} message={message} onClose={() => setWaiving(false)} />}
    </>
  );
}

interface WaiveProps extends Pick<CardProps, "itemId" | "message"> {
  readonly onClose: () => void;
}

/** A question goes unanswered only for a reason, which stays with it. */
function Waive({ itemId, message, onClose }: WaiveProps): JSX.Element {
  const { t } = useTranslation("messages");
  const say = useSay(itemId);
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const waive = (): void => {
    setBusy(true);
    say(`/${message.message_id}/waive`, { reason })
      .then(onClose)
      .catch(setError)
      .finally(() => setBusy(false));
  };
  return (
    <div className={classes["waive"]}>
      <Textarea
        label={t("waive.reason")}
        autosize
        minRows={1}
        maxRows={5}
        maxLength={1000}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {error !== null && <FailedLine error={error} />}
      <div className={classes["buttons"]}>
        <Button size="xs" variant="default" onClick={onClose}>
          {t("waive.cancel")}
        </Button>
        <Button size="xs" onClick={waive} loading={busy} disabled={reason.trim() === ""}>
          {t("waive.confirm")}
        </Button>
      </div>
    </div>
  );
}
