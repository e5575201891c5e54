import { useTranslation } from "react-i18next";
import type { Place } from "./diagram";
import type { Symptom } from "./shapes";

const REASONS = ["patient_id", "name", "birth_date", "sex", "two_requests"] as const;

/** In what request and images differ, out of the hub's list of names. */
export function useMismatchWords(): (reasons: string) => string {
  const { t } = useTranslation("requests");
  return (reasons) => {
    const known = REASONS.filter((reason) => reasons.split(",").includes(reason));
    return known.map((reason) => t(`identity.${reason}`)).join(t("and"));
  };
}

/** "Right, 10 o'clock", "左 腋窩". */
export function usePlaceText(): (place: Place) => string {
  const { t } = useTranslation(["requests", "ui"]);
  return ({ side, clock, zone }) => {
    const breast = t(side === "R" ? "ui:right" : "ui:left");
    const where = clock === null ? t(`zone.${zone ?? "whole"}`) : t("clock", { clock });
    return t("place", { side: breast, where });
  };
}

/** "Right, 10 o'clock: lump (since May)". */
export function useSymptomText(): (symptom: Symptom) => string {
  const { t } = useTranslation("requests");
  const placeText = usePlaceText();
  return (symptom) => {
    const words = { place: placeText(symptom), kind: t(`kind.${symptom.kind}`), note: symptom.note };
    return symptom.note ? t("symptom_noted", words) : t("symptom", words);
  };
}
