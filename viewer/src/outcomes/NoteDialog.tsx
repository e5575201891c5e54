import { Button, Textarea } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "@/ui/Dialog";
import classes from "./Outcomes.module.css";

export type Noting = "acted" | "flag" | "unflag";

export interface NoteDialogProps {
  readonly noting: Noting;
  readonly busy: boolean;
  readonly onNote: (text: string) => void;
  readonly onClose: () => void;
}

const LONGEST = 2000;

/** What was done, or why: nothing of this kind is recorded without a word. */
export function NoteDialog({ noting, busy, onNote, onClose }: NoteDialogProps): JSX.Element {
  const { t } = useTranslation("outcomes");
  const [text, setText] = useState("");
  const said = text.trim();
  return (
    <Dialog title={t(`noting.${noting}.open`)} closeLabel={t("cancel")} onClose={onClose} held={busy}>
      <form
        className={classes["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          if (said) onNote(said);
        }}
      >
        <Textarea
          label={t(`noting.${noting}.label`)}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          maxLength={LONGEST}
          minRows={3}
          autosize
          required
          data-autofocus
        />
        <div className={classes["buttons"]}>
          <Button variant="default" onClick={onClose} disabled={busy}>
            {t("cancel")}
          </Button>
          <Button type="submit" loading={busy} disabled={!said}>
            {t(`noting.${noting}.save`)}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
