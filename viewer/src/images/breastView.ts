import { codes, item, items, text, type Code, type Dataset } from "./dicomJson";
import type { BreastView } from "./frame";

/** View code to abbreviation: SCT (CID 4014), the SNOMED-RT ids that older systems write, and View Position as text. */
const VIEWS: Readonly<Record<string, string>> = {
  "399067008": "ML",
  "R-10224": "ML",
  "399352003": "LM",
  "R-10228": "LM",
  "399368009": "MLO",
  "R-10226": "MLO",
  "399099002": "LMO",
  "R-10230": "LMO",
  "399162004": "CC",
  "R-10242": "CC",
  "399196006": "FB",
  "R-10244": "FB",
  "399188001": "SIO",
  "R-102D0": "SIO",
  "441555000": "ISO",
  "R-40AAA": "ISO",
  "399265004": "XCC",
  "Y-X1770": "XCCL",
  "399192008": "XCCL",
  "Y-X1771": "XCCM",
  "399101009": "XCCM",
  "R-102CF": "XCCM",
  "R-102CD": "XCCL",
};

const MODIFIERS: Readonly<Record<string, string>> = {
  "399163009": "M",
  "R-102D6": "M",
  "399055006": "S",
  "R-102D7": "S",
  "399161006": "CV",
  "R-102D2": "CV",
  "399011000": "AT",
  "R-102D1": "AT",
  "399209000": "RL",
  "R-102D3": "RL",
  "399197002": "RM",
  "R-102D4": "RM",
  "399277007": "RI",
  "R-102CA": "RI",
  "399110001": "RS",
  "R-102C9": "RS",
  "399113004": "ID",
  "R-102D5": "ID",
  "414493002": "IF",
  "441752003": "AX",
};

const abbreviation = (code: Code, table: Readonly<Record<string, string>>): string =>
  table[code.value] ?? (/^[A-Z]{1,5}$/.test(code.value) ? code.value : code.meaning);

function lateralityOf(dataset: Dataset): BreastView["laterality"] {
  const shared = item(dataset, "52009229");
  const own = items(dataset, "52009230")[0] ?? {};
  const anatomy = item(own, "00209071")["00209072"] === undefined ? item(shared, "00209071") : item(own, "00209071");
  const named = text(dataset, "00200062") || text(anatomy, "00209072") || text(dataset, "00200060");
  return named === "R" || named === "L" || named === "B" ? named : "";
}

/** What the header says about breast, side and view; never guessed from pixels (IHE MAMMO). */
export function breastView(dataset: Dataset): BreastView {
  const view = items(dataset, "00540220")[0];
  const viewCode = codes(dataset, "00540220")[0];
  return {
    laterality: lateralityOf(dataset),
    view: viewCode === undefined ? text(dataset, "00185101") : abbreviation(viewCode, VIEWS),
    modifiers: view === undefined ? [] : codes(view, "00540222").map((code) => abbreviation(code, MODIFIERS)),
    partialView: text(dataset, "00281350") === "YES" ? text(dataset, "00281351") || "YES" : "",
    implantPresent: text(dataset, "00281300") === "YES",
    presentationIntent: text(dataset, "00080068"),
  };
}
