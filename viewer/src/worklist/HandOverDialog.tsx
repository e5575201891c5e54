import { Button, Checkbox, NativeSelect, Textarea } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { WorklistItem } from "@/api/types";
import { Dialog } from "@/ui/Dialog";
import { Failed, FailedLine, LoadingRows } from "@/ui/States";
import { useReaders } from "./working";
import classes from "./Worklist.module.css";

export interface HandOverDialogProps {
  readonly item: WorklistItem;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onOffer: (toPersonId: string, note: string, delegates: boolean) => void;
  readonly onClose: () => void;
}

/** To whom, and what they should know. */
export function HandOverDialog({ item, busy, error, onOffer, onClose }: HandOverDialogProps): JSX.Element {
  const { t } = useTranslation(["working", "stages"]);
  const readers = useReaders(item.worklist_item_id);
  const [wanted, setWanted] = useState("");
  const [note, setNote] = useState("");
  const [delegates, setDelegates] = useState(false);
  const lacksReason = delegates && note.trim() === "";
  const to = wanted || (readers.data?.[0]?.person_id ?? "");
  return (
    <Dialog title={t("hand_over.title")} closeLabel={t("cancel")} onClose={onClose} held={busy}>
      <form
        className={classes["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          if (to && !lacksReason) onOffer(to, note.trim(), delegates);
        }}
      >
        {readers.error && <Failed error={readers.error} onRetry={() => void readers.refetch()} compact />}
        {readers.isPending && <LoadingRows rows={1} />}
        {readers.data?.length === 0 && <p>{t("hand_over.nobody")}</p>}
        {readers.data && readers.data.length > 0 && (
          <NativeSelect
            label={t("hand_over.to")}
            value={to}
            data={readers.data.map(({ person_id, display_name }) => ({ value: person_id, label: display_name }))}
            onChange={(event) => setWanted(event.currentTarget.value)}
            data-autofocus
          />
        )}
        <Textarea
          label={t(delegates ? "stages:delegation.reason" : "hand_over.note")}
          required={delegates}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          maxLength={1000}
          minRows={2}
          autosize
        />
        <Checkbox
          label={t("stages:delegation.wanted")}
          description={t("stages:delegation.hint")}
          checked={delegates}
          onChange={(event) => setDelegates(event.currentTarget.checked)}
        />
        <p className={classes["none"]}>{t("hand_over.hint")}</p>
        {error && <FailedLine error={error} />}
        <div className={classes["buttons"]}>
          <Button variant="default" onClick={onClose} disabled={busy}>
            {t("cancel")}
          </Button>
          <Button type="submit" loading={busy} disabled={!to || lacksReason}>
            {t("hand_over.send")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
