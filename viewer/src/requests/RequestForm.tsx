import type { JSX, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ExaminationFields } from "./ExaminationFields";
import { DayField } from "./fields";
import classes from "./Form.module.css";
import { FamilyFields, HistoryFields, StateFields } from "./HistoryFields";
import type { Draft, Gap } from "./model";
import { clinically, type PartProps } from "./parts";
import { PatientFields } from "./PatientFields";
import { FurtherFields, QuestionFields } from "./QuestionFields";
import { SymptomFields } from "./SymptomFields";

export interface RequestFormProps {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly gaps: readonly Gap[];
  /** Somebody asked to place it: what is missing is said at each field. */
  readonly asked: boolean;
  readonly before?: ReactNode;
  /** What is known of the patient already. */
  readonly known?: ReactNode;
  readonly files: ReactNode;
  readonly side: ReactNode;
  /** Told when an input method begins and ends to compose. */
  readonly onCompose?: (composing: boolean) => void;
}

/** The whole request on one page: who, what, why, where it hurts, what was before. */
export function RequestForm(props: RequestFormProps): JSX.Element {
  const { draft, onChange, gaps, asked, onCompose } = props;
  const { t } = useTranslation("requests");
  const part: PartProps = {
    draft,
    change: (changed) => onChange({ ...draft, ...changed }),
    wrong: (...candidates) => {
      const gap = asked ? candidates.find((candidate) => gaps.includes(candidate)) : undefined;
      return gap && t(`gap.${gap}`);
    },
  };
  const lastPeriod = (
    <DayField
      id="gap-last_period"
      label={t("field.last_period")}
      value={draft.clinical.last_period}
      onChange={(last_period) => clinically(part)({ last_period })}
      error={part.wrong("last_period")}
    />
  );
  return (
    <div
      className={classes["layout"]}
      onCompositionStart={() => onCompose?.(true)}
      onCompositionEnd={() => onCompose?.(false)}
    >
      <div className={classes["sections"]}>
        {props.before}
        <PatientFields {...part} known={props.known} />
        <ExaminationFields {...part} />
        <QuestionFields {...part} />
        <SymptomFields {...part} />
        <HistoryFields {...part} />
        <FamilyFields {...part} />
        <StateFields {...part} lastPeriod={lastPeriod} />
        <FurtherFields {...part} />
        {props.files}
      </div>
      {props.side}
    </div>
  );
}

const FIELD_OF: Partial<Record<Gap, string>> = {
  birth_date_missing: "gap-birth_date",
  birth_date_future: "gap-birth_date",
};

/** What is missing still, each a way to its field. */
export function Gaps({ gaps, asked }: { readonly gaps: readonly Gap[]; readonly asked: boolean }): JSX.Element | null {
  const { t } = useTranslation("requests");
  if (gaps.length === 0) return null;
  const go = (gap: Gap): void => document.getElementById(FIELD_OF[gap] ?? `gap-${gap}`)?.focus();
  return (
    <ul className={classes["gaps"]} data-asked={asked} aria-label={t("form.missing")}>
      {gaps.map((gap) => (
        <li key={gap}>
          <button type="button" onClick={() => go(gap)}>
            {t(`gap.${gap}`)}
          </button>
        </li>
      ))}
    </ul>
  );
}
