import { Button, Checkbox, CloseButton, NativeSelect, TextInput } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { PaperRule, PaperRules } from "@/api/types";
import { Dialog } from "@/ui/Dialog";
import { FailedLine, LoadingRows } from "@/ui/States";
import { usePaperRules, useSetPaperRules } from "./api";
import { KINDS, knownKind, listed, spelled } from "./model";
import classes from "./Papers.module.css";

interface PaperRulesDialogProps {
  readonly siteId: string;
  readonly siteName: string;
  readonly onClose: () => void;
}

/** By what words a site's papers are known; the first rule that fits holds. */
export function PaperRulesDialog({ siteId, siteName, onClose }: PaperRulesDialogProps): JSX.Element {
  const { t } = useTranslation("papers");
  const query = usePaperRules(siteId);
  return (
    <Dialog title={t("rules.title", { site: siteName })} closeLabel={t("rules.cancel")} onClose={onClose}>
      {query.data ? (
        <Rules siteId={siteId} known={query.data} onClose={onClose} />
      ) : query.error ? (
        <FailedLine error={query.error} />
      ) : (
        <LoadingRows rows={4} />
      )}
    </Dialog>
  );
}

function Rules({
  siteId,
  known,
  onClose,
}: Pick<PaperRulesDialogProps, "siteId" | "onClose"> & { readonly known: PaperRules }): JSX.Element {
  const { t } = useTranslation("papers");
  const { mutate, error, isPending } = useSetPaperRules(siteId);
  const [rules, setRules] = useState<readonly PaperRule[]>(known.rules);
  const put = (index: number, changed: Partial<PaperRule>): void =>
    setRules(rules.map((rule, at) => (at === index ? { ...rule, ...changed } : rule)));
  return (
    <form
      className={classes["rules"]}
      onSubmit={(event) => {
        event.preventDefault();
        mutate(rules, { onSuccess: onClose });
      }}
    >
      <p className={classes["hint"]}>{t("rules.hint")}</p>
      {rules.map((rule, index) => (
        <fieldset key={`${rules.length} ${index}`} className={classes["rule"]}>
          <NativeSelect
            size="xs"
            aria-label={t("rules.kind")}
            value={rule.kind}
            data={KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
            onChange={(event) => put(index, { kind: knownKind(event.currentTarget.value) })}
          />
          <CloseButton
            size="sm"
            aria-label={t("rules.remove")}
            onClick={() => setRules(rules.filter((_, at) => at !== index))}
          />
          <Words wide label={t("rules.words")} words={rule.words} onChange={(words) => put(index, { words })} />
          <Words
            label={t("rules.modalities")}
            words={rule.modalities ?? []}
            onChange={(modalities) => put(index, { modalities })}
          />
          <Checkbox
            size="xs"
            label={t("rules.to_be_read")}
            checked={rule.to_be_read}
            onChange={(event) => put(index, { to_be_read: event.currentTarget.checked })}
          />
        </fieldset>
      ))}
      <div>
        <Button
          size="compact-sm"
          variant="subtle"
          onClick={() => setRules([...rules, { kind: "other", words: [], modalities: [], to_be_read: false }])}
        >
          {t("rules.add")}
        </Button>
      </div>
      {error && <FailedLine error={error} />}
      <div className={classes["buttons"]}>
        <Button variant="default" onClick={onClose} disabled={isPending}>
          {t("rules.cancel")}
        </Button>
        <Button type="submit" loading={isPending} disabled={rules.some(({ words }) => words.length === 0)}>
          {t("rules.save")}
        </Button>
      </div>
    </form>
  );
}

interface WordsProps {
  readonly wide?: boolean;
  readonly label: string;
  readonly words: readonly string[];
  readonly onChange: (words: string[]) => void;
}

/** Words with commas; what is typed stays as it is typed. */
function Words({ wide = false, label, words, onChange }: WordsProps): JSX.Element {
  const [text, setText] = useState(() => spelled(words));
  return (
    <TextInput
      className={wide ? (classes["words"] ?? "") : ""}
      size="xs"
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onChange(listed(event.currentTarget.value));
      }}
    />
  );
}
