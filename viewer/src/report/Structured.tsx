import { Button, NativeSelect } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { ReportForm } from "@/api/types";
import { currentLanguage } from "@/i18n";
import { Choices } from "./Choices";
import { Diagram } from "./Diagram";
import { Figure } from "./Figure";
import { FindingCard } from "./FindingCard";
import { FormChoice } from "./FormChoice";
import { structureOf, withChange, withFields, withoutFinding, withScale } from "./findings";
import type { Draft } from "./model";
import { Purpose } from "./Purpose";
import type { Shown } from "./shown";
import classes from "./Structured.module.css";
import type { Fill } from "./useFill";
import { isAsked, withOwn, type Kind } from "./words";

export interface StructuredProps {
  readonly form: ReportForm;
  readonly draft: Draft;
  readonly fill: Fill;
  readonly shown: (() => Shown | null) | undefined;
}

/** The fields beside the text: what holds for the examination, then each finding. */
export function Structured({ form, draft, fill, shown }: StructuredProps): JSX.Element | null {
  const { t } = useTranslation("structured");
  const language = currentLanguage();
  const structure = structureOf(draft, form);
  if (form.form === null) return null;
  const { opened } = fill;
  const several = form.form.methods.length > 1;
  return (
    <div className={classes["structured"]}>
      {form.offered.length > 1 && <FormChoice form={form} draft={draft} fill={fill} />}
      <div className={classes["begin"]}>
        <Button size="compact-sm" variant="default" onClick={fill.normal} aria-keyshortcuts="Alt+N">
          {t("normal.button")} <kbd>{t("keys.normal")}</kbd>
        </Button>
        {several ? null : <Kinds kinds={form.form.kinds} fill={fill} />}
      </div>
      {several &&
        form.form.methods.map((method) => (
          <div key={method} className={classes["begin"]} role="group" aria-label={method}>
            <span className={classes["method"]}>{method}</span>
            <Kinds kinds={form.form?.kinds.filter((kind) => kind.method === method) ?? []} fill={fill} />
          </div>
        ))}
      {form.scales.length > 1 && (
        <NativeSelect
          size="xs"
          label={t("scale")}
          value={structure.scale}
          data={form.scales.map((scale) => ({ value: scale.value, label: scale[language] }))}
          onChange={(event) => fill.edit(withScale(draft, form, event.currentTarget.value))}
        />
      )}
      <Facts form={form} draft={draft} fill={fill} />
      <Purpose form={form} draft={draft} fill={fill} />
      {structure.findings.length > 0 && (
        <>
          <Diagram form={form} findings={structure.findings} chosen={opened} onChoose={fill.open} />
          <ol className={classes["findings"]}>
            {structure.findings.map((finding) => (
              <FindingCard
                key={finding.number}
                form={form}
                finding={finding}
                scale={structure.scale}
                own={structure.own}
                examined={structure.facts}
                opened={opened === finding.number}
                shown={shown}
                onOpen={() => fill.open(opened === finding.number ? null : finding.number)}
                onChange={(change) => fill.edit(withChange(draft, finding.number, change, fill.drawing(form)))}
                onRemove={() => fill.edit(withoutFinding(draft, finding.number, fill.drawing(form)))}
              />
            ))}
          </ol>
        </>
      )}
    </div>
  );
}

/** What holds for the whole examination, as far as its purpose and its side ask for it. */
function Facts({ form, draft, fill }: Omit<StructuredProps, "shown">): JSX.Element {
  const language = currentLanguage();
  const { facts, own } = structureOf(draft, form);
  return (
    <>
      {(form.form?.facts ?? [])
        .filter((fact) => isAsked(fact, facts))
        .map((fact) => {
          const field = { label: fact[language], required: fact.required, value: facts[fact.name] ?? "" };
          const given = (value: string): void =>
            fill.edit(withFields(draft, form, { facts: { ...facts, [fact.name]: value } }));
          if (fact.number) return <Figure key={fact.name} {...field} number={fact.number} onChange={given} />;
          const options = withOwn(fact, field.value, own).map(({ value, ...word }) => ({
            value,
            word: word[language],
          }));
          return <Choices key={fact.name} {...field} options={options} onChange={given} />;
        })}
    </>
  );
}

/** A button for each kind of finding, with the key that does the same. */
function Kinds({ kinds, fill }: { readonly kinds: readonly Kind[]; readonly fill: Fill }): JSX.Element {
  const { t } = useTranslation("structured");
  const language = currentLanguage();
  return (
    <>
      {kinds.map((kind) => (
        <Button key={kind.value} size="compact-sm" variant="default" onClick={() => fill.add(kind.value)}>
          + {kind[language]} <kbd>{kind.key === "" ? "" : t("keys.kind", { letter: kind.key.slice(3) })}</kbd>
        </Button>
      ))}
    </>
  );
}

/** What is to follow. */
export function Recommended({ form, draft, fill }: Omit<StructuredProps, "shown">): JSX.Element | null {
  const { t } = useTranslation("structured");
  const language = currentLanguage();
  if (form.form === null) return null;
  const { recommendation, own } = structureOf(draft, form);
  return (
    <Choices
      label={t("recommendation")}
      value={recommendation}
      options={withOwn({ values: form.recommendations }, recommendation, own).map((word) => ({
        value: word.value,
        word: word[language],
      }))}
      onChange={(chosen) => fill.edit(withFields(draft, form, { recommendation: chosen }))}
    />
  );
}
