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
export type PersonName = Schemas["NameOut"];
export type Session = Schemas["SessionOut"];
export type WorklistItem = Schemas["ItemOut"];
export type WorklistStatus = WorklistItem["status"];
export type PriorStudy = Schemas["PriorOut"];
/** How far a case has come; what the hub does not know is null or empty. */
export type CaseWay = Schemas["WayOut"];
export type Worklist = Schemas["WorklistOut"];
export type StudyImages = Schemas["StudyImages"];
export type SeriesEntry = Schemas["SeriesEntry"];
export type InstanceEntry = Schemas["InstanceEntry"];
export type FrameEntry = Schemas["FrameEntry"];
export type Ledger = Schemas["LedgerEntry"];
/** One image that was shown, with the digest that was proved on the screen (REC-15). */
export type ImageRead = Schemas["ImageReadShape"];
/** Who stood for a version, and the sealed document of it. */
export type ReportSignature = Schemas["SignatureOut"];
/** Whether the hospital's PACS has an object of the latest version. */
export type ReportDelivery = Schemas["DeliveryOut"];
export type Report = Schemas["ReportOut"];
export type Gateway = Schemas["GatewayOut"];
export type GatewayStudy = Schemas["GatewayStudyOut"];
/** One open entry of a gateway's quarantine; which patient's object it is stays in the hospital. */
export type Refusal = Schemas["RefusalOut"];
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
export type SubstituteCode = Schemas["CodeOut"];
export type SubstituteSignIn = Schemas["SubstituteIn"];
export type EmergencyWanted = Schemas["EmergencyIn"];
export type EmergencyCodes = Schemas["EmergencyOut"];
export type RoleRequest = Schemas["RoleRequestOut"];
export type RoleWanted = Schemas["RoleRequestIn"];
export type DormantMonth = Schemas["DormantMonthOut"];
/** What a physician is qualified for, and what of it stands in the way of signing. */
export type ReaderProfile = Schemas["ProfileOut"];
export type MaySign = Schemas["MaySignOut"];
export type Lack = Schemas["Lack"];
