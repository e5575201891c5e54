import type { PersonName, StudyImages } from "@/api/types";
import { text, type Dataset } from "@/images/dicomJson";

/** Whose an image is, by the object itself, and where that is not the patient of the current study. Pure. */

export type Patient = StudyImages["patient"];
export type Particular = "name" | "patientId" | "birthDate" | "sex";

/** What the object says; where it says nothing at all of a patient, what its study says. */
export function patientOf(dataset: Dataset, study: Patient): Patient {
  const name = dataset["00100010"]?.Value?.[0] as Record<string, unknown> | undefined;
  if (dataset["00100010"] === undefined && dataset["00100020"] === undefined) return study;
  const group = (key: string): string => (typeof name?.[key] === "string" ? name[key] : "");
  return {
    patient_id: text(dataset, "00100020"),
    issuer_of_patient_id: text(dataset, "00100021"),
    patient_name: {
      alphabetic: group("Alphabetic"),
      ideographic: group("Ideographic"),
      phonetic: group("Phonetic"),
    },
    patient_birth_date: text(dataset, "00100030"),
    patient_sex: text(dataset, "00100040"),
  };
}

/** What is given in both and is not the same. */
export function differences(patient: Patient, current: Patient): Particular[] {
  const unlike = (a: string, b: string): boolean => a !== "" && b !== "" && a !== b;
  const found: (readonly [Particular, boolean])[] = [
    ["name", otherName(patient.patient_name, current.patient_name)],
    ["patientId", unlike(patient.patient_id, current.patient_id)],
    ["birthDate", unlike(patient.patient_birth_date, current.patient_birth_date)],
    ["sex", unlike(patient.patient_sex, current.patient_sex)],
  ];
  return found.filter(([, differs]) => differs).map(([particular]) => particular);
}

/** By the groups that both names have: one hospital's system may know fewer of them. */
function otherName(one: PersonName, other: PersonName): boolean {
  const plain = (name: string): string => name.normalize("NFKC").split("^").join(" ").replace(/\s+/gu, " ").trim();
  const groups = (["ideographic", "alphabetic", "phonetic"] as const)
    .map((key) => [plain(one[key]).toUpperCase(), plain(other[key]).toUpperCase()] as const)
    .filter(([a, b]) => a !== "" && b !== "");
  return groups.some(([a, b]) => a !== b);
}
