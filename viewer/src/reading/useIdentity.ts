import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { ageOn, formatDay, parseDay, writeName } from "@/ui/format";
import { useDateStyle } from "@/ui/preferences";
import type { Identity, WhoseImage } from "@/viewports/Overlay";
import { differences, patientOf } from "./identity";
import type { OpenCase } from "./useCase";

/** Who the images are of, in the reader's language and way of writing dates: stands on every image (MAMMO-12). */
export function useIdentity(opened: OpenCase): Identity {
  const { t } = useTranslation(["ui", "reading"]);
  const style = useDateStyle();
  return useMemo(() => {
    const { current, priors } = opened;
    const studies = new Map([current, ...priors].map(({ images }) => [images.study_instance_uid, images]));
    return ({ dataset, studyInstanceUid }: Parameters<Identity>[0]): WhoseImage => {
      const study = studies.get(studyInstanceUid) ?? current.images;
      const patient = patientOf(dataset, study.patient);
      const birth = parseDay(patient.patient_birth_date);
      const age = ageOn(birth, parseDay(study.study_date));
      const sex = patient.patient_sex;
      const sexWord = sex === "F" || sex === "M" || sex === "O" ? t(`sex.${sex}`) : sex;
      const name = writeName(patient.patient_name);
      const unlike = differences(patient, current.images.patient).map((what) => t(`reading:person.${what}`));
      return {
        name: name.main || t("reading:withoutName"),
        kana: name.kana,
        patientId: patient.patient_id || t("reading:withoutId"),
        particulars: [age === null ? "" : t("age", { age }), sexWord, formatDay(birth, style)]
          .filter(Boolean)
          .join(" "),
        studyDate: formatDay(parseDay(study.study_date), style),
        differs: unlike.length === 0 ? "" : t("reading:differs", { what: unlike.join(t("reading:and")) }),
      };
    };
  }, [opened, style, t]);
}
