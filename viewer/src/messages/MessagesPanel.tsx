import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Message, Thread } from "@/api/types";
import { useMay, useSession } from "@/session/api";
import { Chip } from "@/ui/Chip";
import { Empty, Failed, LoadingRows } from "@/ui/States";
import { useCount } from "@/ui/Written";
import { useSeen, useThread } from "./api";
import { Compose } from "./Compose";
import { MessageCard } from "./MessageCard";
import classes from "./Messages.module.css";
import { holding, isNew, isOpen } from "./model";
import { useComposer } from "./useComposer";

/** What is said about a case between hospital and reading centre: in the reading room and on the case's page. */
export function MessagesPanel({ worklistItemId }: { readonly worklistItemId: string }): JSX.Element {
  const { t } = useTranslation("messages");
  const may = useMay();
  const query = useThread(worklistItemId);
  useSeen(worklistItemId, query.data);
  return (
    <section className={classes["panel"]} aria-label={t("title")} data-messages-panel="">
      {!may("messages.read") ? (
        <Empty compact title={t("title")}>
          {t("not_for_role")}
        </Empty>
      ) : query.data ? (
        <Standing key={worklistItemId} itemId={worklistItemId} thread={query.data} />
      ) : query.error ? (
        <Failed error={query.error} onRetry={() => void query.refetch()} compact />
      ) : (
        <LoadingRows rows={4} />
      )}
    </section>
  );
}

function Standing({ itemId, thread }: { readonly itemId: string; readonly thread: Thread }): JSX.Element {
  const { t } = useTranslation("messages");
  const { session } = useSession();
  const composer = useComposer(itemId, thread);
  // What was new when the thread was opened stays marked, although it counts as read soon after.
  const [readUpTo] = useState(thread.read_up_to);
  const { messages } = thread;
  const begin = (change: Parameters<typeof composer.keeper.edit>[0]): void => {
    composer.keeper.edit(change);
    document.querySelector<HTMLTextAreaElement>("[data-compose] textarea")?.focus();
  };
  return (
    <>
      <div className={classes["top"]}>
        <h2 className={classes["title"]}>{t("title")}</h2>
        <Open messages={messages} />
      </div>
      {messages.length === 0 ? (
        <p className={classes["none"]}>{thread.may_write ? t("empty") : t("empty_read_only")}</p>
      ) : (
        <ol className={classes["thread"]} aria-label={t("thread")}>
          {messages.map((message) => (
            <MessageCard
              key={message.message_id}
              itemId={itemId}
              message={message}
              thread={thread}
              fresh={isNew(message, readUpTo, session.person.person_id)}
              begin={begin}
            />
          ))}
        </ol>
      )}
      <SeenBy thread={thread} />
      {thread.may_write && <Compose composer={composer} thread={thread} />}
    </>
  );
}

/** Whether anybody must act, in one look. */
function Open({ messages }: { readonly messages: readonly Message[] }): JSX.Element | null {
  const { t } = useTranslation("messages");
  const count = useCount();
  const open = messages.filter(isOpen).length;
  if (holding(messages).length > 0) {
    return (
      <Chip tone="danger" shape="stop" framed>
        {t("standing.holds")}
      </Chip>
    );
  }
  if (open === 0) return null;
  return (
    <Chip tone="attention" shape="triangle" framed>
      {t("open_count", { open: count(open) })}
    </Chip>
  );
}

/** Who has read all of it. */
function SeenBy({ thread }: { readonly thread: Thread }): JSX.Element | null {
  const { t } = useTranslation(["messages", "reading"]);
  const last = thread.messages.at(-1)?.number ?? 0;
  const names = thread.seen.filter(({ number }) => number >= last && last > 0).map((seen) => seen.display_name);
  if (names.length === 0) return null;
  return <p className={classes["seen"]}>{t("seen_by", { names: names.join(t("reading:and")) })}</p>;
}

export default MessagesPanel;
