import type { components } from "./schema";

/** Shapes of the hub's JSON by the names that the pages use; what they hold follows from the hub's OpenAPI. */
type Schemas = components["schemas"];

/** Somebody as the administrators' page lists them. */
export type ListedPerson = Schemas["ListedPersonOut"];
export type Grant = Schemas["GrantShape"];
export type NewPerson = Schemas["PersonIn"];
/** A one-time link: shown once, to be handed over outside this program. */
export type EnrolmentLink = Schemas["LinkOut"];
/** Whom a one-time link is for. */
export type Enrolment = Schemas["InvitationOut"];
/** The secret of one-time codes, as text, as a link and as a picture. */
export type TotpSecret = Schemas["TotpOut"];
export type OpenSession = Schemas["OpenSessionOut"];
export type PasswordSignIn = Schemas["PasswordIn"];
/** What is to be signed: the exact text, its digest, and the key's challenge. */
export type SigningStart = Schemas["BegunOut"];
export type LinkedImage = Schemas["LinkedImageOut"];
export type Session = Schemas["SessionOut"];
/** What a browser keeps opens with these, and not without the hub. */
export type BrowserKeys = Schemas["BrowserKeysOut"];
export type BrowserKey = Schemas["BrowserKeyOut"];
export type WorklistItem = Schemas["ItemOut"];
export type PersonName = WorklistItem["patient_name"];
export type WorklistStatus = WorklistItem["status"];
export type PriorStudy = Schemas["PriorOut"];
/** How far a case has come; what the hub does not know is null or empty. */
export type CaseWay = Schemas["WayOut"];
/** One entry of the record of a case's images: confirmed by a technologist, or reopened. */
export type FinalisationEntry = Schemas["FinalisationEntryOut"];
/** A paper among a study's objects, and the rules by which a site knows papers. */
export type WaitingPapers = components["schemas"]["WaitingPapersOut"];
export type Paper = Schemas["PaperOut"];
export type PaperRules = Schemas["PaperRulesShape"];
export type PaperRule = Schemas["PaperRuleShape"];
/** A case that a link of the hospital's system leads to. */
export type CaseLink = Schemas["CaseLinkOut"];
export type SavedFilter = Schemas["FilterOut"];
export type CaseReader = Schemas["CaseReaderOut"];
export type Worklist = Schemas["WorklistOut"];
/** What of the list looks different since an earlier answer. */
export type WorklistChanges = Schemas["WorklistChangesOut"];
export type StudyImages = Schemas["StudyImages"];
export type SeriesEntry = Schemas["SeriesEntry"];
export type InstanceEntry = Schemas["InstanceEntry"];
export type ObjectPedigree = Schemas["ObjectPedigree"];
export type FrameEntry = Schemas["FrameEntry"];
export type Ledger = Schemas["LedgerEntry"];
/** One image that was shown, with the digest that was proved on the screen (REC-15). */
export type ImageRead = Schemas["ImageReadShape"];
/** Who stood for a version, and the sealed document of it. */
export type ReportVersion = Schemas["VersionOut"];
export type ReportSignature = Schemas["SignatureOut"];
/** Whether the hospital's PACS has an object of the latest version. */
export type ReportDelivery = Schemas["DeliveryOut"];
/** What became of a signed report in the hospital. */
export type Outcome = Schemas["OutcomeOut"];
export type OutcomeMark = Schemas["MarkOut"];
export type ReportManager = Schemas["ReportManagerOut"];
export type Escalated = Schemas["EscalatedOut"];
export type CentreRules = Schemas["CentreRulesShape"];
export type PlaceOfReading = Schemas["PlaceOut"];
export type HeldReading = Schemas["HeldReadingOut"];
export type HeldReadings = Schemas["HeldReadingsOut"];
/** A finding that must reach a person, and how far that is. */
export type Communication = Schemas["CommunicationOut"];
export type Communications = Schemas["CommunicationsOut"];
export type Outcomes = Schemas["OutcomesOut"];
export type ListedOutcome = Schemas["ListedOut"];
export type Report = Omit<Schemas["ReportOut"], "structure" | "answers"> & {
  readonly structure: Structure;
  readonly answers: readonly Answer[];
};
/** A report's fields beside its text; the hub sends all of them. */
export type Structure = Required<Omit<Schemas["StructureShape"], "findings">> & {
  readonly findings: readonly Finding[];
};
export type Finding = Required<Schemas["FindingShape"]>;
/** What is to be mended or answered before signing, and why it stands. */
export type Check = Schemas["CheckOut"];
export type Answer = Required<Schemas["AnswerShape"]>;
/** The lists that a case's report is made of, in both languages. */
export type ReportForm = Schemas["FormOut"];
/** A snippet or a template that is offered where somebody writes. */
export type Phrase = Schemas["PhraseOut"];
export type NewPhrase = Schemas["PhraseIn"];
/** Lists of the form that take words of the centre's own, and these words. */
export type OwnWords = Schemas["OwnWordsOut"];
export type Gateway = Schemas["GatewayOut"];
export type PriorRule = Schemas["PriorRuleOut"];
export type PriorRules = Schemas["PriorRulesOut"];
export type GatewayStudy = Schemas["GatewayStudyOut"];
/** One open entry of a gateway's quarantine; which patient's object it is stays in the hospital. */
export type Refusal = Schemas["RefusalOut"];
/** A reading request as the hub tells it, the list of them, and what may be asked in one. */
export type RequestAnswer = Schemas["RequestOut"];
export type RequestsAnswer = Schemas["RequestsOut"];
export type RequestWanted = Schemas["RequestIn"];
/** A case's thread between hospital and reading centre, as this person has it. */
export type Thread = Schemas["ThreadOut"];
export type Message = Schemas["MessageOut"];
export type MessageDraft = Schemas["MessageDraftShape"];
export type MessageAttachment = Schemas["MessageAttachmentOut"];
export type CallBack = Schemas["CallBackShape"];
/** Where somebody wants nudges by e-mail, and whether this hub sends any. */
export type MailAddress = Schemas["MailAddressOut"];
/** What waits in all threads: counts, no texts. */
export type UnreadMessages = Schemas["UnreadOut"];
/** One entry of the audit trail with its names. */
export type AuditLine = Schemas["AuditLineOut"];
export type AuditGroup = AuditLine["group"];
export type AuditPatient = Schemas["AuditPatientOut"];
export type AuditPage = Schemas["AuditPageOut"];
/** Somebody whose acts may be asked for. */
export type AuditPerson = Schemas["AuditPersonOut"];
export type AuditStudy = Schemas["SoughtStudyOut"];
/** Chain, anchor and outer repository. */
export type AuditState = Schemas["AuditStateOut"];
export type AuditReview = Schemas["ReviewOut"];
/** Something that a reviewer wants explained. */
export type AuditAnomaly = Schemas["AnomalyOut"];
export type AuditReviewStart = Schemas["ReviewBegunOut"];
/** Whether this very version is certified. */
export type Standing = Schemas["StandingOut"];
export type Certification = Schemas["CertificationOut"];
export type CertificationText = Schemas["CertificationIn"];
/** Something that happened to an account and that somebody should look at. */
export type SecurityAlert = Schemas["AlertOut"];
/** A way in for some hours without the key; or the emergency account's opening. */
export type Substitute = Schemas["SubstituteOut"];
export type SubstituteWanted = Schemas["SubstituteRequestIn"];
/** One half of what opens an account: shown once. */
export type SubstituteCode = Schemas["SubstituteCodeOut"];
export type SubstituteSignIn = Schemas["SubstituteIn"];
export type EmergencyWanted = Schemas["EmergencyIn"];
export type EmergencyCodes = Schemas["EmergencyOut"];
export type RoleRequest = Schemas["RoleRequestOut"];
export type RoleWanted = Schemas["RoleRequestIn"];
export type DormantMonth = Schemas["DormantMonthOut"];
/** What a physician is qualified for, and what of it stands in the way of signing. */
export type CertificateOffer = Schemas["CertificateOfferOut"];
export type ReaderProfile = Schemas["ProfileOut"];
/** A physician's own certificate: whose it is, what it vouches for, and until when. */
export type SigningCertificate = Schemas["SigningCertificateOut"];
/** What a signature waits for before it is true. */
export type Awaiting = Schemas["AwaitingOut"];
export type MaySign = Schemas["MaySignOut"];
export type Lack = Schemas["Lack"];
/** A hospital in the register, and one with its contracts and contacts. */
export type SiteLine = Schemas["SiteLineOut"];
export type SiteDetail = Omit<Schemas["SiteDetailOut"], "register_entry"> & { readonly register_entry: SiteRegister };
export type SiteRegister = Required<Schemas["SiteRegisterShape"]>;
export type SiteContract = Schemas["ContractOut"];
export type ContractVersion = Schemas["ContractVersionOut"];
export type ContractTerms = Required<Omit<Schemas["ContractIn"], "because">>;
export type SiteContact = Schemas["SiteContactOut"];
export type SiteContactText = Required<Schemas["SiteContactIn"]>;
/** Whom to call now at a case's hospital. */
export type Reachable = Schemas["ReachableOut"];
/** A display on the register, with its calibrations. */
export type DisplayRegister = Schemas["DisplayRegisterOut"];
export type RegisteredDisplay = Schemas["RegisteredDisplayOut"];
export type DisplayPanel = Required<Schemas["PanelShape"]>;
export type DisplayCalibration = Schemas["CalibrationOut"];
export type DisplayCalibrationText = Required<Schemas["CalibrationShape"]>;
export type DisplayRules = Schemas["DisplayRulesOut"];
export type DisplayRulesText = Required<Schemas["DisplayRulesIn"]>;
export type DisplayGrades = Schemas["DisplayGradesShape"];
/** A line: what a check of it found, what it is fit for, and what holds for all of them. */
export type LineCheck = Schemas["LineCheckOut"];
export type LineStanding = Schemas["LineStandingOut"];
export type LineMeasured = Schemas["LineMeasuredShape"];
export type LineJudged = Schemas["LineJudgedOut"];
export type LineKind = LineJudged["kind"];
export type LineConnection = Schemas["LineConnectionOut"];
export type LineLimits = Schemas["LineLimitsOut"];
export type LineLimitsText = Schemas["LineLimitsIn"];
/** What somebody sits at, judged for a case or for mammograms, and what they could say that it is. */
export type DisplayStanding = Schemas["DisplayStandingOut"];
export type JudgedDisplay = Schemas["JudgedDisplayOut"];
export type OwnDisplay = Schemas["OwnDisplayOut"];
export type ScreenRead = Required<Schemas["ScreenShape"]>;
