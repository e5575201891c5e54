import { describe, expect, it } from "vitest";
import type { PriorStudy } from "@/api/types";
import { chosenPriors } from "./priors";

const prior = (year: number, ...modalities: string[]): PriorStudy => ({
  study_instance_uid: String(year),
  study_date: `${year}0101`,
  modalities,
  study_description: "",
});
const priors = [prior(2025, "CT"), prior(2024, "MG"), prior(2023, "US"), prior(2022, "MG"), prior(2021, "MG")];
const years = (chosen: readonly PriorStudy[]): string[] => chosen.map((one) => one.study_instance_uid);

describe("priors that open with a case", () => {
  it("are those of the same modality before others, and stand nearest first", () => {
    expect(years(chosenPriors(priors, ["MG"], new Set()))).toEqual(["2025", "2024", "2022", "2021"]);
  });

  it("are joined by those that the reader asks for", () => {
    expect(years(chosenPriors(priors, ["MG"], new Set(["2023"])))).toEqual(years(priors));
  });
});
