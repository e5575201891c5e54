import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { OwnWords } from "@/api/types";
import { currentLanguage } from "@/i18n";
import { FailedLine, LoadingRows } from "@/ui/States";
import { useChangeWords, useOwnWords, type WordAct } from "./api";
import classes from "./Lists.module.css";
import { moved } from "./model";
import { Move } from "./PhraseLists";

type NamedList = OwnWords["lists"][number];

const nameOf = ({ method, kind, attribute }: Pick<NamedList, "method" | "kind" | "attribute">): string =>
  `${method}/${kind}/${attribute}`;

/** The centre's own words beside the coded ones: added, put in order, retired; reports keep what they were signed with. */
export function WordLists(): JSX.Element {
  const { t } = useTranslation("lists");
  const query = useOwnWords();
  const change = useChangeWords();
  const [chosen, setChosen] = useState("");
  const lists = query.data?.lists ?? [];
  const list = lists.find((one) => nameOf(one) === chosen) ?? lists[0];
  const language = currentLanguage();
  return (
    <section className={classes["card"]} aria-label={t("words")}>
      <div className={classes["head"]}>
        <h2>{t("words")}</h2>
      </div>
      <p className={classes["quiet"]}>{t("words_lead")}</p>
      {query.isPending && <LoadingRows rows={3} />}
      {(query.error ?? change.error) && <FailedLine error={query.error ?? change.error} />}
      {query.data && list && (
        <>
          <NativeSelect
            label={t("list")}
            value={nameOf(list)}
            data={lists.map((one) => ({ value: nameOf(one), label: one[language] }))}
            onChange={(event) => setChosen(event.currentTarget.value)}
          />
          <p className={classes["quiet"]}>
            {t("fixed")} {list.fixed.map((one) => one[language] ?? "").join(language === "ja" ? "、" : ", ")}
          </p>
          <Own
            words={query.data.words.filter((one) => nameOf(one) === nameOf(list))}
            busy={change.isPending}
            onChange={(act) => change.mutate(act)}
          />
          <NewWord
            key={nameOf(list)}
            list={list}
            busy={change.isPending}
            onAdd={(act, done) => change.mutate(act, { onSuccess: done })}
          />
        </>
      )}
    </section>
  );
}

interface OwnProps {
  readonly words: OwnWords["words"];
  readonly busy: boolean;
  readonly onChange: (act: WordAct) => void;
}

function Own({ words, busy, onChange }: OwnProps): JSX.Element {
  const { t } = useTranslation("lists");
  const offered = words.filter(({ retired }) => !retired);
  const ids = offered.map(({ word_id }) => word_id);
  if (words.length === 0) return <p className={classes["quiet"]}>{t("none")}</p>;
  return (
    <ol className={classes["entries"]}>
      {[...offered, ...words.filter(({ retired }) => retired)].map((one, index) => (
        <li key={one.word_id} data-retired={one.retired || undefined}>
          <span className={classes["name"]}>{one.ja}</span>
          <span className={classes["text"]}>
            {one.en} {one.retired && t("retired")}
          </span>
          {!one.retired && (
            <span className={classes["acts"]}>
              <Move
                name={one.ja}
                first={index === 0}
                last={index === offered.length - 1}
                busy={busy}
                onMove={(by) => onChange({ act: "order", ids: moved(ids, one.word_id, by) })}
              />
              <Button
                size="compact-xs"
                variant="subtle"
                disabled={busy}
                aria-label={t("retire_named", { name: one.ja })}
                onClick={() => onChange({ act: "retire", id: one.word_id })}
              >
                {t("retire")}
              </Button>
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}

interface NewWordProps {
  readonly list: NamedList;
  readonly busy: boolean;
  readonly onAdd: (act: WordAct, done: () => void) => void;
}

function NewWord({ list, busy, onAdd }: NewWordProps): JSX.Element {
  const { t } = useTranslation("lists");
  const [ja, setJa] = useState("");
  const [en, setEn] = useState("");
  const ready = ja.trim() !== "" && en.trim() !== "";
  const { method, kind, attribute } = list;
  const emptied = (): void => {
    setJa("");
    setEn("");
  };
  return (
    <form
      className={classes["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onAdd({ act: "add", word: { method, kind, attribute, ja, en } }, emptied);
      }}
    >
      <div className={classes["row"]}>
        <TextInput label={t("in_japanese")} value={ja} maxLength={60} onChange={(e) => setJa(e.currentTarget.value)} />
        <TextInput label={t("in_english")} value={en} maxLength={60} onChange={(e) => setEn(e.currentTarget.value)} />
        <Button type="submit" loading={busy} disabled={!ready}>
          {t("add")}
        </Button>
      </div>
    </form>
  );
}
