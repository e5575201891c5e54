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
