import { Button, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Phrase } from "@/api/types";
import { useSitesWith } from "@/session/api";
import { FailedLine, LoadingRows } from "@/ui/States";
import { useChangePhrases, usePhrases, type PhraseAct } from "./api";
import classes from "./Lists.module.css";
import { moved } from "./model";

const SCOPES = ["person", "site", "centre"] as const;
const KINDS = ["snippet", "template"] as const;
const METHODS = ["", "MG", "US", "MR", "PT"] as const;

/** Snippets and templates at one site: one's own, the site's, the centre's. */
export function PhraseLists(): JSX.Element {
  const { t } = useTranslation("lists");
  const sites = useSitesWith("report.write");
  const [site, setSite] = useState(sites[0]?.site_id ?? "");
  const query = usePhrases(site);
  const change = useChangePhrases(site);
  const phrases = query.data ?? [];
  return (
    <section className={classes["card"]} aria-label={t("phrases")}>
      <div className={classes["head"]}>
        <h2>{t("phrases")}</h2>
        {sites.length > 1 && (
          <NativeSelect
            size="xs"
            aria-label={t("site")}
            value={site}
            data={sites.map((one) => ({ value: one.site_id, label: one.name }))}
            onChange={(event) => setSite(event.currentTarget.value)}
          />
        )}
      </div>
      {query.isPending && <LoadingRows rows={3} />}
      {(query.error ?? change.error) && <FailedLine error={query.error ?? change.error} />}
      {SCOPES.map((scope) => (
        <Offered
          key={scope}
          title={t(`scope.${scope}`)}
          phrases={phrases.filter((one) => one.scope === scope)}
          busy={change.isPending}
          onChange={(act) => change.mutate(act)}
        />
      ))}
      <NewPhraseForm busy={change.isPending} onAdd={(act, done) => change.mutate(act, { onSuccess: done })} />
    </section>
  );
}

interface OfferedProps {
  readonly title: string;
  readonly phrases: readonly Phrase[];
  readonly busy: boolean;
  readonly onChange: (act: PhraseAct) => void;
}

function Offered({ title, phrases, busy, onChange }: OfferedProps): JSX.Element {
  const { t } = useTranslation("lists");
  const ids = phrases.map(({ phrase_id }) => phrase_id);
  return (
    <div className={classes["group"]}>
      <h3>{title}</h3>
      {phrases.length === 0 && <p className={classes["quiet"]}>{t("none")}</p>}
      <ol className={classes["entries"]}>
        {phrases.map((one, index) => (
          <li key={one.phrase_id}>
            <span className={classes["name"]}>
              {one.name}
              <small>
                {t(`kind.${one.kind}`)} {one.method}
              </small>
            </span>
            <span className={classes["text"]}>
              {[one.findings, one.impression].filter((text) => text !== "").join(" ／ ")}
            </span>
            {one.mine && (
              <span className={classes["acts"]}>
                <Move
                  name={one.name}
                  first={index === 0}
                  last={index === phrases.length - 1}
                  busy={busy}
                  onMove={(by) => onChange({ act: "order", ids: moved(ids, one.phrase_id, by) })}
                />
                <Button
                  size="compact-xs"
                  variant="subtle"
                  disabled={busy}
                  aria-label={t("retire_named", { name: one.name })}
                  onClick={() => onChange({ act: "retire", id: one.phrase_id })}
                >
                  {t("retire")}
                </Button>
              </span>
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}

export interface MoveProps {
  readonly name: string;
  readonly first: boolean;
  readonly last: boolean;
  readonly busy: boolean;
  readonly onMove: (by: -1 | 1) => void;
}

/** A place up or down. */
export function Move({ name, first, last, busy, onMove }: MoveProps): JSX.Element {
  const { t } = useTranslation("lists");
  return (
    <>
      <Button
        size="compact-xs"
        variant="subtle"
        disabled={busy || first}
        aria-label={t("up", { name })}
        onClick={() => onMove(-1)}
      >
        {"↑"}
      </Button>
      <Button
        size="compact-xs"
        variant="subtle"
        disabled={busy || last}
        aria-label={t("down", { name })}
        onClick={() => onMove(1)}
      >
        {"↓"}
      </Button>
    </>
  );
}

interface NewPhraseProps {
  readonly busy: boolean;
  readonly onAdd: (act: PhraseAct, done: () => void) => void;
}

function NewPhraseForm({ busy, onAdd }: NewPhraseProps): JSX.Element {
  const { t } = useTranslation("lists");
  const [scope, setScope] = useState<Phrase["scope"]>("person");
  const [kind, setKind] = useState<Phrase["kind"]>("snippet");
  const [method, setMethod] = useState("");
  const [name, setName] = useState("");
  const [findings, setFindings] = useState("");
  const [impression, setImpression] = useState("");
  const ready = name.trim() !== "" && (findings.trim() !== "" || impression.trim() !== "");
  const emptied = (): void => {
    setName("");
    setFindings("");
    setImpression("");
  };
  return (
    <form
      className={classes["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        const more = kind === "template" ? { impression } : {};
        if (ready) onAdd({ act: "add", phrase: { scope, kind, method, name, findings, ...more } }, emptied);
      }}
    >
      <h3>{t("add_phrase")}</h3>
      <div className={classes["row"]}>
        <TextInput label={t("name")} value={name} maxLength={60} onChange={(e) => setName(e.currentTarget.value)} />
        <NativeSelect
          label={t("kind_label")}
          value={kind}
          data={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
          onChange={(event) => setKind(event.currentTarget.value === "template" ? "template" : "snippet")}
        />
        <NativeSelect
          label={t("for_whom")}
          value={scope}
          data={SCOPES.map((value) => ({ value, label: t(`scope.${value}`) }))}
          onChange={(event) => setScope(SCOPES.find((one) => one === event.currentTarget.value) ?? "person")}
        />
        <NativeSelect
          label={t("method")}
          value={method}
          data={METHODS.map((value) => ({ value, label: value === "" ? t("every_method") : value }))}
          onChange={(event) => setMethod(event.currentTarget.value)}
        />
      </div>
      <Textarea
        label={t(kind === "template" ? "findings" : "text")}
        value={findings}
        onChange={(event) => setFindings(event.currentTarget.value)}
        maxLength={4000}
        minRows={3}
        autosize
      />
      {kind === "template" && (
        <Textarea
          label={t("impression")}
          value={impression}
          onChange={(event) => setImpression(event.currentTarget.value)}
          maxLength={4000}
          minRows={2}
          autosize
        />
      )}
      <div className={classes["buttons"]}>
        <Button type="submit" loading={busy} disabled={!ready}>
          {t("add")}
        </Button>
      </div>
    </form>
  );
}
