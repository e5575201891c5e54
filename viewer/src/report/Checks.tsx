import { TextInput } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Answer, Check, ReportForm } from "@/api/types";
import { currentLanguage } from "@/i18n";
import { useCount } from "@/ui/Written";
import { Choices } from "./Choices";
import { keyOfCheck } from "./model";
import classes from "./Structured.module.css";
import { wordOf } from "./words";

export interface ChecksProps {
  readonly form: ReportForm;
  readonly checks: readonly Check[];
  readonly answers: readonly Answer[];
  readonly onAnswer: ((answers: readonly Answer[]) => void) | null;
}

/** What contradicts itself: mended, it goes away; or a reason stands beside it, and is signed. */
export function Checks({ form, checks, answers, onAnswer }: ChecksProps): JSX.Element | null {
  const { t } = useTranslation("structured");
  if (checks.length === 0) return null;
  const reasonFor = (check: Check): string =>
    answers.find((answer) => keyOfCheck(answer) === keyOfCheck(check))?.reason ?? "";
  const answer = (check: Check, reason: string): void => {
    const others = answers.filter((one) => keyOfCheck(one) !== keyOfCheck(check));
    onAnswer?.([...others, { check: check.check, about: check.about, reason }]);
  };
  return (
    <section className={classes["checks"]} aria-label={t("checks.title")}>
      <h3>{t("checks.title")}</h3>
      <ul>
        {checks.map((check) => (
          <li key={keyOfCheck(check)} data-check={check.check}>
            <CheckText form={form} check={check} />
            {onAnswer && check.answerable && answersOf(form, check).length > 0 && (
              <Choices
                label={t("checks.answer")}
                required
                value={reasonFor(check)}
                options={answersOf(form, check).map((word) => ({ value: word.value, word: word[currentLanguage()] }))}
                onChange={(value) => answer(check, value)}
              />
            )}
            {onAnswer && check.answerable && answersOf(form, check).length === 0 && (
              <TextInput
                size="xs"
                aria-label={t("checks.reason")}
                placeholder={t("checks.reason")}
                value={reasonFor(check)}
                maxLength={500}
                onChange={(event) => answer(check, event.currentTarget.value)}
              />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

const answersOf = (form: ReportForm, { check }: Check): ReportForm["checks"][number]["values"] =>
  form.checks.find(({ value }) => value === check)?.values ?? [];

export function CheckText({ form, check }: { readonly form: ReportForm; readonly check: Check }): JSX.Element {
  const { t } = useTranslation("structured");
  const count = useCount();
  const language = currentLanguage();
  const [kind, number] = check.about.split(":");
  const fact = form.form?.facts.find(({ name }) => name === check.about)?.[language];
  const about =
    kind === "finding"
      ? t("checks.finding", { number })
      : check.about === "right" || check.about === "left"
        ? t(`text.${check.about}`)
        : kind === "text"
          ? ""
          : (fact ?? check.about);
  return (
    <span>
      {about === "" ? "" : `${about}: `}
      {wordOf(form.checks, check.check, language) || check.check}
      {check.count > 0 && ` (${count(check.count)})`}
    </span>
  );
}
