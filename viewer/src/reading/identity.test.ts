import { describe, expect, it } from "vitest";
import { differences, patientOf, type Patient } from "./identity";

const hanako: Patient = {
  patient_id: "P1",
  issuer_of_patient_id: "",
  patient_name: { alphabetic: "YAMADA^HANAKO", ideographic: "山田^花子", phonetic: "やまだ^はなこ" },
  patient_birth_date: "19720403",
  patient_sex: "F",
};

describe("whose an image is (MAMMO-12)", () => {
  it("is what the object itself says", () => {
    const dataset = {
      "00100010": { vr: "PN", Value: [{ Alphabetic: "SATO^TARO" }] },
      "00100020": { vr: "LO", Value: ["P2"] },
      "00100040": { vr: "CS", Value: ["M"] },
    };
    const found = patientOf(dataset, hanako);
    expect(found).toMatchObject({ patient_id: "P2", patient_birth_date: "", patient_sex: "M" });
    expect(found.patient_name).toEqual({ alphabetic: "SATO^TARO", ideographic: "", phonetic: "" });
    expect(differences(found, hanako)).toEqual(["name", "patientId", "sex"]);
    expect(patientOf({}, hanako)).toBe(hanako);
  });

  it("is not another's for how the name is written, or for what is not given", () => {
    const written = { alphabetic: "Yamada^Hanako ", ideographic: "", phonetic: "" };
    expect(differences({ ...hanako, patient_name: written, patient_birth_date: "", patient_sex: "" }, hanako)).toEqual(
      [],
    );
    expect(differences({ ...hanako, patient_birth_date: "19720404" }, hanako)).toEqual(["birthDate"]);
  });
});
