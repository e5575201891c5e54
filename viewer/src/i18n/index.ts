/** The catalogues in both languages and the one place where the language is chosen; no text stands outside them. */
import i18next, { type i18n } from "i18next";
import { initReactI18next } from "react-i18next";

import enAhead from "./en/ahead.json";
import enAudit from "./en/audit.json";
import enCentre from "./en/centre.json";
import enCertificates from "./en/certificates.json";
import enConfirm from "./en/confirm.json";
import enDelivery from "./en/delivery.json";
import enDisplays from "./en/displays.json";
import enDictation from "./en/dictation.json";
import enDocuments from "./en/documents.json";
import enFinalising from "./en/finalising.json";
import enGateways from "./en/gateways.json";
import enHealth from "./en/health.json";
import enLines from "./en/lines.json";
import enLinking from "./en/linking.json";
import enLists from "./en/lists.json";
import enOrders from "./en/orders.json";
import enOutage from "./en/outage.json";
import enOutcomes from "./en/outcomes.json";
import enMessages from "./en/messages.json";
import enPapers from "./en/papers.json";
import enPedigree from "./en/pedigree.json";
import enPeople from "./en/people.json";
import enPriors from "./en/priors.json";
import enReading from "./en/reading.json";
import enReport from "./en/report.json";
import enRequests from "./en/requests.json";
import enRights from "./en/rights.json";
import enScreening from "./en/screening.json";
import enSending from "./en/sending.json";
import enSession from "./en/session.json";
import enSites from "./en/sites.json";
import enStages from "./en/stages.json";
import enStructured from "./en/structured.json";
import enUi from "./en/ui.json";
import enVersions from "./en/versions.json";
import enWorking from "./en/working.json";
import enWorklist from "./en/worklist.json";
import jaAhead from "./ja/ahead.json";
import jaAudit from "./ja/audit.json";
import jaCentre from "./ja/centre.json";
import jaCertificates from "./ja/certificates.json";
import jaConfirm from "./ja/confirm.json";
import jaDelivery from "./ja/delivery.json";
import jaDisplays from "./ja/displays.json";
import jaDictation from "./ja/dictation.json";
import jaDocuments from "./ja/documents.json";
import jaFinalising from "./ja/finalising.json";
import jaGateways from "./ja/gateways.json";
import jaHealth from "./ja/health.json";
import jaLines from "./ja/lines.json";
import jaLinking from "./ja/linking.json";
import jaLists from "./ja/lists.json";
import jaOrders from "./ja/orders.json";
import jaOutage from "./ja/outage.json";
import jaOutcomes from "./ja/outcomes.json";
import jaMessages from "./ja/messages.json";
import jaPapers from "./ja/papers.json";
import jaPedigree from "./ja/pedigree.json";
import jaPeople from "./ja/people.json";
import jaPriors from "./ja/priors.json";
import jaReading from "./ja/reading.json";
import jaReport from "./ja/report.json";
import jaRequests from "./ja/requests.json";
import jaRights from "./ja/rights.json";
import jaScreening from "./ja/screening.json";
import jaSending from "./ja/sending.json";
import jaSession from "./ja/session.json";
import jaSites from "./ja/sites.json";
import jaStages from "./ja/stages.json";
import jaStructured from "./ja/structured.json";
import jaUi from "./ja/ui.json";
import jaVersions from "./ja/versions.json";
import jaWorking from "./ja/working.json";
import jaWorklist from "./ja/worklist.json";

export type Language = "ja" | "en";

export const catalogues = {
  en: {
    ahead: enAhead,
    audit: enAudit,
    centre: enCentre,
    certificates: enCertificates,
    confirm: enConfirm,
    delivery: enDelivery,
    displays: enDisplays,
    dictation: enDictation,
    documents: enDocuments,
    finalising: enFinalising,
    gateways: enGateways,
    health: enHealth,
    lines: enLines,
    linking: enLinking,
    lists: enLists,
    orders: enOrders,
    outage: enOutage,
    outcomes: enOutcomes,
    messages: enMessages,
    papers: enPapers,
    pedigree: enPedigree,
    people: enPeople,
    priors: enPriors,
    reading: enReading,
    report: enReport,
    requests: enRequests,
    rights: enRights,
    screening: enScreening,
    sending: enSending,
    session: enSession,
    sites: enSites,
    stages: enStages,
    structured: enStructured,
    ui: enUi,
    versions: enVersions,
    working: enWorking,
    worklist: enWorklist,
  },
  ja: {
    ahead: jaAhead,
    audit: jaAudit,
    centre: jaCentre,
    certificates: jaCertificates,
    confirm: jaConfirm,
    delivery: jaDelivery,
    displays: jaDisplays,
    dictation: jaDictation,
    documents: jaDocuments,
    finalising: jaFinalising,
    gateways: jaGateways,
    health: jaHealth,
    lines: jaLines,
    linking: jaLinking,
    lists: jaLists,
    orders: jaOrders,
    outage: jaOutage,
    outcomes: jaOutcomes,
    messages: jaMessages,
    papers: jaPapers,
    pedigree: jaPedigree,
    people: jaPeople,
    priors: jaPriors,
    reading: jaReading,
    report: jaReport,
    requests: jaRequests,
    rights: jaRights,
    screening: jaScreening,
    sending: jaSending,
    session: jaSession,
    sites: jaSites,
    stages: jaStages,
    structured: jaStructured,
    ui: jaUi,
    versions: jaVersions,
    working: jaWorking,
    worklist: jaWorklist,
  },
} as const;

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "ui";
    resources: (typeof catalogues)["en"];
  }
}

const STORED = "dokuei.language";

function isLanguage(text: string | null | undefined): text is Language {
  return text === "ja" || text === "en";
}

/** What was chosen on this device before, else what the browser asks for, else Japanese. */
export function firstLanguage(stored: string | null, asked: readonly string[]): Language {
  if (isLanguage(stored)) return stored;
  const known = asked.map((tag) => tag.slice(0, 2)).find(isLanguage);
  return known ?? "ja";
}

export function currentLanguage(): Language {
  return isLanguage(i18next.language) ? i18next.language : "ja";
}

/** Starts i18next synchronously: the catalogues are part of the bundle, nothing is fetched. */
export function startCatalogues(language?: Language): i18n {
  const chosen = language ?? firstLanguage(localStorage.getItem(STORED), navigator.languages);
  void i18next.use(initReactI18next).init({
    lng: chosen,
    fallbackLng: false,
    ns: Object.keys(catalogues.en),
    defaultNS: "ui",
    resources: catalogues,
    initAsync: false,
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  document.documentElement.lang = chosen;
  return i18next;
}

/** Changes the language at once and remembers it on this device. */
export function chooseLanguage(language: Language): void {
  localStorage.setItem(STORED, language);
  document.documentElement.lang = language;
  void i18next.changeLanguage(language);
}
