import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { Message, WorklistItem } from "@/api/types";
import { Chip } from "@/ui/Chip";
import { useCount } from "@/ui/Written";
import { useUnread } from "./api";
import classes from "./Messages.module.css";
import { firstWords } from "./model";

/** In a row of the list: a question that nobody has answered, and how much is unread. */
export function ThreadMarks({ item }: { readonly item: WorklistItem }): JSX.Element | null {
  const { t } = useTranslation("messages");
  const count = useCount();
  if (!item.open_question && item.unread_messages === 0) return null;
  const unread = count(item.unread_messages);
  return (
    <span className={classes["marks"]} data-thread-marks="">
      {item.open_question && (
        <Chip tone="attention" shape="triangle" title={t("mark.question_long")}>
          {t("mark.question")}
        </Chip>
      )}
      {item.unread_messages > 0 && (
        <Chip tone="active" shape="full" title={t("mark.unread_long", { unread })}>
          {t("mark.unread", { unread })}
        </Chip>
      )}
    </span>
  );
}

/** Beside the list: how the talk about a case stands, and the way to it. */
export function ThreadLine({ item }: { readonly item: WorklistItem }): JSX.Element {
  const { t } = useTranslation("messages");
  return (
    <div className={classes["line"]}>
      <ThreadMarks item={item} />
      <Link href={`/cases/${encodeURIComponent(item.worklist_item_id)}`}>{t("open_thread")}</Link>
    </div>
  );
}

/** The number on a button, for what is unread; spoken with its word. */
export function Badge({ unread }: { readonly unread: number }): JSX.Element | null {
  const { t } = useTranslation("messages");
  const count = useCount();
  if (unread === 0) return null;
  const words = t("mark.unread_long", { unread: count(unread) });
  return (
    <span className={classes["badge"]} title={words} data-unread={unread}>
      <span aria-hidden="true">{unread > 99 ? "99+" : count(unread)}</span>
      <span className="visually-hidden">{words}</span>
    </span>
  );
}

/** What is unread over all cases, beside the way to the list. */
export function UnreadBadge(): JSX.Element | null {
  return <Badge unread={useUnread()} />;
}

/** Before signing: the questions that hold it, by their first words. */
export function HeldBy({ messages }: { readonly messages: readonly Message[] }): JSX.Element | null {
  const { t } = useTranslation("messages");
  if (messages.length === 0) return null;
  return (
    <div className={classes["held"]} role="alert">
      <p>{t("held_by")}</p>
      <ul>
        {messages.map((message) => (
          <li key={message.message_id}>
            {t("held_words", { name: message.author_name, words: firstWords(message.text, 60) })}
          </li>
        ))}
      </ul>
    </div>
  );
}
