import { CloseButton, TextInput } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { BreastDiagram } from "./BreastDiagram";
import { placeKey, toggled } from "./diagram";
import { Choices, Section } from "./fields";
import classes from "./Form.module.css";
import { KindMark } from "./marks";
import { clinically, type PartProps } from "./parts";
import type { SymptomKind } from "./shapes";
import { usePlaceText } from "./words";

export const KINDS: readonly SymptomKind[] = ["lump", "pain", "discharge", "skin", "other"];

/** What the patient or the examiner found, and where: choose the kind, click on the place. */
export function SymptomFields(props: PartProps): JSX.Element {
  const { t } = useTranslation("requests");
  const placeText = usePlaceText();
  const [kind, setKind] = useState<SymptomKind>("lump");
  const { symptoms } = props.draft.clinical;
  const edit = clinically(props);
  return (
    <Section title={t("form.symptoms")} hint={t("form.symptoms_hint")}>
      <Choices
        label={t("field.kind")}
        value={kind}
        onChange={setKind}
        options={KINDS.map((value) => ({
          value,
          label: (
            <>
              <KindMark kind={value} />
              {t(`kind.${value}`)}
            </>
          ),
        }))}
      />
      <div className={classes["diagram"]}>
        <BreastDiagram symptoms={symptoms} onMark={(place) => edit({ symptoms: toggled(symptoms, place, kind) })} />
      </div>
      {symptoms.length === 0 ? (
        <p className={classes["none"]}>{t("form.no_symptoms")}</p>
      ) : (
        <ul className={classes["rows"]} aria-label={t("form.symptoms")}>
          {symptoms.map((symptom, index) => {
            const what = t("symptom", { place: placeText(symptom), kind: t(`kind.${symptom.kind}`) });
            const note = (words: string): void =>
              edit({ symptoms: symptoms.map((one, at) => (at === index ? { ...one, note: words } : one)) });
            return (
              <li key={`${placeKey(symptom)} ${symptom.kind}`} className={classes["symptom"]}>
                <KindMark kind={symptom.kind} size={18} />
                <span>{what}</span>
                <TextInput
                  size="xs"
                  aria-label={t("field.symptom_note", { what })}
                  placeholder={t("field.symptom_note_example")}
                  value={symptom.note}
                  onChange={(event) => note(event.currentTarget.value)}
                />
                <CloseButton
                  aria-label={t("form.remove", { what })}
                  onClick={() => edit({ symptoms: symptoms.filter((one) => one !== symptom) })}
                />
              </li>
            );
          })}
        </ul>
      )}
    </Section>
  );
}
