import { Textarea } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Section } from "./fields";
import classes from "./Form.module.css";
import { clinically, type PartProps } from "./parts";

const REASONS = ["recall", "symptom", "preoperative", "chemotherapy", "follow_up", "screening", "high_risk"] as const;

/** Why it is asked, and what is asked. */
export function QuestionFields(props: PartProps): JSX.Element {
  const { t } = useTranslation("requests");
  const { reason, question } = props.draft.clinical;
  const edit = clinically(props);
  return (
    <Section title={t("form.question")}>
      <Textarea
        id="gap-reason"
        label={t("field.reason")}
        autosize
        minRows={2}
        maxRows={8}
        value={reason}
        onChange={(event) => edit({ reason: event.currentTarget.value })}
        error={props.wrong("reason")}
        aria-required
      />
      <div className={classes["quick"]} role="group" aria-label={t("form.reasons")}>
        {REASONS.map((name) => {
          const words = t(`reason.${name}`);
          return (
            <button
              key={name}
              type="button"
              onClick={() => edit({ reason: reason.trim() ? `${reason.trimEnd()}${t("and")}${words}` : words })}
            >
              {words}
            </button>
          );
        })}
      </div>
      <Textarea
        label={t("field.question")}
        autosize
        minRows={2}
        maxRows={8}
        value={question}
        onChange={(event) => edit({ question: event.currentTarget.value })}
      />
    </Section>
  );
}

/** What was examined before elsewhere, and what fits nowhere else. */
export function FurtherFields(props: PartProps): JSX.Element {
  const { t } = useTranslation("requests");
  const { prior_examinations, note } = props.draft.clinical;
  const edit = clinically(props);
  return (
    <Section title={t("form.further")}>
      <Textarea
        label={t("field.prior_examinations")}
        autosize
        minRows={1}
        maxRows={8}
        value={prior_examinations}
        onChange={(event) => edit({ prior_examinations: event.currentTarget.value })}
      />
      <Textarea
        label={t("field.note")}
        autosize
        minRows={1}
        maxRows={8}
        value={note}
        onChange={(event) => edit({ note: event.currentTarget.value })}
      />
    </Section>
  );
}
