import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Report } from "@/api/types";
import { currentLanguage } from "@/i18n";
import { useForm } from "./api";
import { CheckText } from "./Checks";
import { Diagram } from "./Diagram";
import { categoryMark } from "./model";
import classes from "./Structured.module.css";
import { chosenWord, chosenWords, kindOf, kindWord, placesOf } from "./words";

/** The fields as they were entered or signed, to be read. */
export function Recorded({ itemId, report }: { readonly itemId: string; readonly report: Report }): JSX.Element | null {
  const { t } = useTranslation("structured");
  const { structure, answers } = report;
  const form = useForm(itemId, structure.method).data;
  if (!form?.form || structure.method === "") return null;
  const language = currentLanguage();
  const facts = [
    form.scales.find(({ value }) => value === structure.scale)?.[language] ?? "",
    ...chosenWords(form.form.facts, structure.facts, language, structure.own),
    chosenWord(form.recommendations, structure.recommendation, language, structure.own),
  ];
  return (
    <div className={classes["structured"]}>
      <p className={classes["recorded"]}>{facts.filter((fact) => fact !== "").join(" · ")}</p>
      {structure.findings.length > 0 && <Diagram form={form} findings={structure.findings} />}
      <ol className={classes["findings"]}>
        {structure.findings.map((finding) => (
          <li key={finding.number} className={classes["recorded"]}>
            <strong>{finding.number}</strong> {t(finding.side === "right" ? "text.right" : "text.left")}{" "}
            {kindWord(form, finding.kind, language)}
            {" · "}
            {[
              ...chosenWords(placesOf(form, finding.kind), finding.place, language),
              ...(finding.size_mm.length > 0 ? [`${finding.size_mm.join("×")} mm`] : []),
              ...chosenWords(
                kindOf(form, finding.kind)?.attributes ?? [],
                finding.descriptors,
                language,
                structure.own,
              ),
              chosenWord(form.comparisons, finding.comparison, language, structure.own),
              finding.note,
            ]
              .filter((word) => word !== "")
              .join(" · ")}{" "}
            <strong>{categoryMark(finding.category)}</strong>
          </li>
        ))}
      </ol>
      {answers.length > 0 && (
        <ul className={classes["findings"]} aria-label={t("checks.answered")}>
          {answers.map((answer) => (
            <li key={`${answer.check} ${answer.about}`} className={classes["recorded"]}>
              <CheckText form={form} check={{ ...answer, answerable: true, count: 0 }} /> — {answer.reason}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
