import { Button, Checkbox, TextInput } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "@/ui/Dialog";
import { FailedLine } from "@/ui/States";
import { useCount } from "@/ui/Written";
import classes from "./Finalising.module.css";

interface AskingProps {
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onClose: () => void;
}

const LOOKED_AT = ["patient", "laterality", "views", "count"] as const;
const LONGEST = 500;

/** Four things are looked at, one by one, and then stood for by name. */
export function FinaliseDialog({
  instances,
  onFinalise,
  ...asking
}: AskingProps & { readonly instances: number; readonly onFinalise: (note: string) => void }): JSX.Element {
  const { t } = useTranslation("finalising");
  const count = useCount();
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const [note, setNote] = useState("");
  const toggle = (name: string, on: boolean): void =>
    setSeen((before) => new Set(on ? [...before, name] : [...before].filter((one) => one !== name)));
  return (
    <Asking
      {...asking}
      title={t("finalise.title")}
      save={t("finalise.save")}
      ready={seen.size === LOOKED_AT.length}
      onSave={() => onFinalise(note.trim())}
    >
      <p className={classes["quiet"]}>{t("finalise.hint")}</p>
      {LOOKED_AT.map((name) => (
        <Checkbox
          key={name}
          label={t(`looked_at.${name}`, { count: instances, number: count(instances) })}
          checked={seen.has(name)}
          onChange={(event) => toggle(name, event.currentTarget.checked)}
        />
      ))}
      <TextInput
        label={t("finalise.note")}
        value={note}
        maxLength={LONGEST}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
    </Asking>
  );
}

/** Why confirmed images are not the ones to be read after all. */
export function ReopenDialog({
  onReopen,
  ...asking
}: AskingProps & { readonly onReopen: (reason: string) => void }): JSX.Element {
  const { t } = useTranslation("finalising");
  const [reason, setReason] = useState("");
  return (
    <Asking
      {...asking}
      title={t("reopen.title")}
      save={t("reopen.save")}
      ready={reason.trim() !== ""}
      onSave={() => onReopen(reason.trim())}
    >
      <TextInput
        label={t("reopen.reason")}
        value={reason}
        maxLength={LONGEST}
        required
        data-autofocus
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </Asking>
  );
}

interface FormProps extends AskingProps {
  readonly title: string;
  readonly save: string;
  readonly ready: boolean;
  readonly onSave: () => void;
  readonly children: React.ReactNode;
}

function Asking({ title, save, ready, onSave, busy, error, onClose, children }: FormProps): JSX.Element {
  const { t } = useTranslation("finalising");
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
            {save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
