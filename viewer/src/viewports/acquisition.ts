import { number, text, type Dataset } from "@/images/dicomJson";
import type { Frame } from "@/images/frame";

/** How an image was made, in the short form that stands in its corner. Pure; units are those of the standard. */

const round = (value: number, digits: number): string => String(Number(value.toFixed(digits)));

function measured(dataset: Dataset, tag: string, unit: string, digits = 1, factor = 1): string {
  const value = number(dataset, tag);
  return value === null ? "" : `${round(value * factor, digits)} ${unit}`;
}

const line = (...parts: readonly string[]): string => parts.filter((part) => part !== "").join("  ");

const maker = (dataset: Dataset): string => line(text(dataset, "00080070"), text(dataset, "00081090"));

/** MAMMO-11: target and filter, kV, exposure, force, thickness, angle, dose. */
function mammography(dataset: Dataset): string[] {
  const target = text(dataset, "00181191");
  const filter = text(dataset, "00187050");
  const short = (material: string): string => ELEMENTS[material] ?? material;
  const angle = number(dataset, "00181510");
  return [
    maker(dataset),
    line(
      target === "" && filter === "" ? "" : `${short(target)}/${short(filter)}`,
      measured(dataset, "00180060", "kV", 0),
      measured(dataset, "00181152", "mAs", 0) || measured(dataset, "00181153", "mAs", 0, 0.001),
    ),
    line(
      measured(dataset, "001811A2", "N", 0),
      measured(dataset, "001811A0", "mm", 0),
      angle === null ? "" : `${round(angle, 0)}°`,
    ),
    measured(dataset, "00400316", "mGy", 2, 100),
  ];
}

const ELEMENTS: Readonly<Record<string, string>> = {
  TUNGSTEN: "W",
  MOLYBDENUM: "Mo",
  RHODIUM: "Rh",
  SILVER: "Ag",
  ALUMINUM: "Al",
  COPPER: "Cu",
  NIOBIUM: "Nb",
};

function magneticResonance(dataset: Dataset): string[] {
  const field = number(dataset, "00180087");
  const [tr, te, flip] = ["00180080", "00180081", "00181314"].map((tag) => number(dataset, tag));
  return [
    line(maker(dataset), field === null ? "" : `${round(field, 1)} T`),
    line(
      tr == null ? "" : `TR ${round(tr, 1)}`,
      te == null ? "" : `TE ${round(te, 2)}`,
      flip == null ? "" : `FA ${round(flip, 0)}°`,
    ),
  ];
}

const computed = (dataset: Dataset): string[] => [
  maker(dataset),
  line(measured(dataset, "00180060", "kV", 0), measured(dataset, "00181151", "mA", 0), text(dataset, "00181210")),
];

/** Slice thickness and place where the frame has them. */
function slice({ geometry }: Frame): string {
  const along = geometry.sliceLocation;
  return line(
    geometry.sliceThickness === null ? "" : `${round(geometry.sliceThickness, 2)} mm`,
    along === null ? "" : `@ ${round(along, 1)}`,
  );
}

export function acquisition(frame: Frame): string[] {
  const { dataset, modality } = frame.instance;
  const own =
    modality === "MG"
      ? mammography(dataset)
      : modality === "MR"
        ? magneticResonance(dataset)
        : modality === "CT" || modality === "PT"
          ? computed(dataset)
          : [maker(dataset)];
  return [...own, slice(frame)].filter((one) => one !== "");
}
