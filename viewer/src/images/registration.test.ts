import { describe, expect, it } from "vitest";
import type { Dataset } from "./dicomJson";
import type { DocumentObject, Study } from "./frame";
import { madeDocument } from "./madeDocument";
import { madeFrame } from "./madeFrames";
import { movedBy, Registrations, registrationsOf, turnedBy, type Matrix } from "./registration";

const SHIFT: Matrix = [1, 0, 0, 10, 0, 1, 0, -20, 0, 0, 1, 30, 0, 0, 0, 1];
/** x → y, y → −x. */
const TURN: Matrix = [0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

const sequence = (...items: Dataset[]): Dataset[string] => ({ vr: "SQ", Value: items });
const uid = (value: string): Dataset[string] => ({ vr: "UI", Value: [value] });

function registration(source: Dataset, ...matrices: Matrix[]): Dataset {
  const each = matrices.map((matrix): Dataset => ({ "300600C6": { vr: "DS", Value: [...matrix] } }));
  return { ...source, "00700309": sequence({ "0070030A": sequence(...each) }) };
}

const object = (registered: string, day: string, ...registrations: Dataset[]): DocumentObject =>
  madeDocument({
    sopClassUid: "1.2.840.10008.5.1.4.1.1.66.1",
    kind: "other",
    dataset: {
      "00080023": { vr: "DA", Value: [day] },
      "00200052": uid(registered),
      "00700308": sequence(...registrations),
    },
  });

const study = (...documents: DocumentObject[]): Study => ({
  siteId: "s",
  studyInstanceUid: "1",
  studyDate: "",
  description: "",
  series: [
    {
      seriesInstanceUid: "1.1",
      seriesNumber: 1,
      modality: "REG",
      description: "",
      laterality: "",
      bodyPartExamined: "",
      frames: [madeFrame({ instance: { sopInstanceUid: "1.77" }, geometry: { frameOfReferenceUid: "PET" } })],
      documents,
    },
  ],
});

const rounded = (values: readonly number[] | undefined): number[] =>
  (values ?? []).map((one) => Math.round(one * 1e6) / 1e6 + 0);
const between = (
  found: Registrations,
  from: string,
  to: string,
  point: readonly [number, number, number],
): number[] | null => {
  const matrix = found.between(from, to);
  return matrix === null ? null : rounded(movedBy(matrix, point));
};

describe("registrations", () => {
  it("take a point of the source into the registered frame of reference, and back", () => {
    const found = registrationsOf([study(object("CT", "20261101", registration({ "00200052": uid("MR") }, SHIFT)))]);
    expect(between(found, "MR", "CT", [1, 2, 3])).toEqual([11, -18, 33]);
    expect(between(found, "CT", "MR", [11, -18, 33])).toEqual([1, 2, 3]);
    expect(between(found, "MR", "MR", [1, 2, 3])).toEqual([1, 2, 3]);
  });

  it("join over a frame of reference in between, in the right order", () => {
    const found = new Registrations();
    found.add("A", "B", SHIFT);
    found.add("C", "B", TURN);
    // A → B: (11, −18, 33); B → C turns back: x' = y, y' = −x.
    expect(between(found, "A", "C", [1, 2, 3])).toEqual([-18, -11, 33]);
    expect(between(found, "C", "A", [-18, -11, 33])).toEqual([1, 2, 3]);
    expect(found.between("A", "D")).toBeNull();
    expect(found.between("", "")).toBeNull();
    expect(rounded(turnedBy(TURN, [1, 0, 0]))).toEqual([0, 1, 0]);
  });

  it("find the source by the images that an item names", () => {
    const images = sequence({ "00081155": uid("1.77") });
    const found = registrationsOf([study(object("CT", "20261101", registration({ "00081140": images }, SHIFT)))]);
    expect(between(found, "PET", "CT", [0, 0, 0])).toEqual([10, -20, 30]);
  });

  it("go by the newest object where two say the same pair", () => {
    const old = object("CT", "20261101", registration({ "00200052": uid("MR") }, TURN));
    const recent = object("CT", "20261102", registration({ "00200052": uid("MR") }, SHIFT));
    for (const order of [study(old, recent), study(recent, old)]) {
      expect(between(registrationsOf([order]), "MR", "CT", [0, 0, 0])).toEqual([10, -20, 30]);
    }
  });

  it("are left aside where they scale, shear, are cut short, or mean two things", () => {
    const scaled = SHIFT.map((value, at) => (at === 0 ? 1.2 : value));
    const sheared = SHIFT.map((value, at) => (at === 1 ? 0.3 : value));
    for (const matrices of [[scaled], [sheared], [SHIFT.slice(0, 12)], [], [SHIFT, TURN]]) {
      const found = registrationsOf([study(object("CT", "1", registration({ "00200052": uid("MR") }, ...matrices)))]);
      expect(found.between("MR", "CT")).toBeNull();
    }
    const twice = registrationsOf([study(object("CT", "1", registration({ "00200052": uid("MR") }, SHIFT, SHIFT)))]);
    expect(between(twice, "MR", "CT", [0, 0, 0])).toEqual([20, -40, 60]);
    const other = madeDocument({ dataset: object("CT", "1", registration({ "00200052": uid("MR") }, SHIFT)).dataset });
    expect(registrationsOf([study(other)]).between("MR", "CT")).toBeNull();
  });
});
