import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { ageOn, formatDay, parseDay, writeName } from "@/ui/format";
import { useDateStyle } from "@/ui/preferences";
import type { Identity } from "@/viewports/Overlay";
import type { OpenCase } from "./useCase";

/** Who the images are of, in the reader's language and way of writing dates: stands on every image (MAMMO-12). */
export function useIdentity(opened: OpenCase): Identity {
  const { t } = useTranslation("ui");
  const style = useDateStyle();
  return useMemo(() => {
    const { current, priors } = opened;
    const { patient } = current.images;
    const birth = parseDay(patient.patient_birth_date);
    const age = ageOn(birth, parseDay(current.images.study_date));
    const sex = patient.patient_sex;
    const known = sex === "F" || sex === "M" || sex === "O" ? t(`sex.${sex}`) : sex;
    const dates = new Map([current, ...priors].map(({ images }) => [images.study_instance_uid, images.study_date]));
    const name = writeName(patient.patient_name);
    return {
      name: name.main,
      kana: name.kana,
      patientId: patient.patient_id,
      particulars: [formatDay(birth, style), age === null ? "" : t("age", { age }), known].filter(Boolean).join("  "),
      studyDate: (uid) => formatDay(parseDay(dates.get(uid)), style),
    };
  }, [opened, style, t]);
}
