import { Button, Checkbox, FileButton, Textarea } from "@mantine/core";
import type { JSX, KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Thread } from "@/api/types";
import { Former } from "@/kept/Former";
import { Chip } from "@/ui/Chip";
import { hubDate } from "@/ui/clock";
import { formatBytes } from "@/ui/format";
import { FailedLine } from "@/ui/States";
import { CallBackFields } from "./CallBackFields";
import classes from "./Messages.module.css";
import { firstWords, isSendable, KINDS, localOf, sends, type Kind } from "./model";
import type { Composer } from "./useComposer";

export interface ComposeProps {
  readonly composer: Composer;
  readonly thread: Thread;
}

const TAKEN = "application/pdf,image/png,image/jpeg";

/** Where a message is written: what it is, its words, what goes with it; kept as it is typed. */
export function Compose({ composer, thread }: ComposeProps): JSX.Element {
  const { t } = useTranslation("messages");
  const { draft, keeper, busy, error, send } = composer;
  const sendable = isSendable(draft) && !busy;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!sends(event.nativeEvent)) return;
    event.preventDefault();
    if (sendable) send();
  };
  return (
    <div className={classes["compose"]} data-compose="" onKeyDown={onKeyDown}>
      <Former hand={composer.hand} wordsOf={({ draft: former }) => former.text} />
      <What composer={composer} thread={thread} />
      {draft.kind === "call_back" && <CallBackFields composer={composer} />}
      <Textarea
        aria-label={t(`words.${draft.kind}`)}
        placeholder={t(`words.${draft.kind}`)}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={10_000}
        value={draft.text}
        onChange={(event) => keeper.edit({ text: event.currentTarget.value })}
        onCompositionStart={() => keeper.compose(true)}
        onCompositionEnd={() => keeper.compose(false)}
      />
      {draft.kind === "question" && (
        <Checkbox
          size="xs"
          label={t("blocks_signing")}
          checked={draft.blocks_signing}
          onChange={(event) => keeper.edit({ blocks_signing: event.currentTarget.checked })}
        />
      )}
      {draft.kind === "note" && (
        <Checkbox
          size="xs"
          label={t("to_do")}
          checked={draft.to_do}
          onChange={(event) => keeper.edit({ to_do: event.currentTarget.checked })}
        />
      )}
      <Unsent composer={composer} thread={thread} />
      {error !== null && <FailedLine error={error} />}
      <div className={classes["bottom"]}>
        <FileButton multiple accept={TAKEN} onChange={(files) => composer.bring(files)}>
          {(button) => (
            <Button {...button} size="xs" variant="default" disabled={busy} title={t("attach_long")}>
              {t("attach")}
            </Button>
          )}
        </FileButton>
        <KeptMark composer={composer} />
        <Button size="xs" onClick={send} loading={busy} disabled={!isSendable(draft)} title={t("send_key")}>
          {t("send")}
        </Button>
      </div>
    </div>
  );
}

/** Note, question or call back; an answer or a correction says to what, and can be dropped. */
function What({ composer, thread }: ComposeProps): JSX.Element {
  const { t } = useTranslation("messages");
  const { draft, keeper } = composer;
  const other = thread.messages.find(({ message_id }) => message_id === (draft.answers || draft.corrects));
  if (other !== undefined) {
    const words = firstWords(other.text);
    return (
      <div className={classes["refers"]}>
        {draft.kind === "answer" ? t("answers", { words }) : t("corrects", { words })}{" "}
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={() => keeper.edit({ kind: "note", answers: "", corrects: "" })}
        >
          {t("drop")}
        </Button>
      </div>
    );
  }
  const choose = (kind: Kind): void =>
    keeper.edit({ kind, called_at: kind === "call_back" ? draft.called_at || localOf(hubDate()) : draft.called_at });
  return (
    <div className={classes["kinds"]} role="radiogroup" aria-label={t("what")}>
      {KINDS.map((kind) => (
        <label key={kind}>
          <input
            type="radio"
            name="message-kind"
            value={kind}
            checked={draft.kind === kind}
            onChange={() => choose(kind)}
          />
          {t(`kind.${kind}`)}
        </label>
      ))}
    </div>
  );
}

function Unsent({ composer, thread }: ComposeProps): JSX.Element | null {
  const { t } = useTranslation("messages");
  if (thread.unsent.length === 0) return null;
  return (
    <ul className={classes["files"]} aria-label={t("unsent")}>
      {thread.unsent.map((file) => (
        <li key={file.attachment_id}>
          {file.file_name} <span className={classes["quiet"]}>{formatBytes(file.size)}</span>{" "}
          <Button size="compact-xs" variant="subtle" onClick={() => composer.takeBack(file)} disabled={composer.busy}>
            {t("take_back")}
          </Button>
        </li>
      ))}
    </ul>
  );
}

/** Whether what is typed here would survive this page. */
function KeptMark({ composer }: Pick<ComposeProps, "composer">): JSX.Element {
  const { t } = useTranslation("messages");
  const { state } = composer;
  return (
    <span aria-live="polite" data-keeping={state} className={classes["kept"]}>
      {(state === "typing" || state === "saving") && (
        <Chip tone="idle" shape="dashed">
          {t("keeping.saving")}
        </Chip>
      )}
      {state === "kept" && (
        <Chip tone="idle" shape="full">
          {t("keeping.kept")}
        </Chip>
      )}
      {(state === "waiting" || state === "refused") && (
        <Chip tone="danger" shape="stop">
          {t("keeping.waiting")}
        </Chip>
      )}
    </span>
  );
}
