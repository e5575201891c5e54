/** What the hub and these pages tell each other of a reading request. */
import type { PersonName } from "@/api/types";

export type RequestState = "waiting" | "proposed" | "matched" | "mismatch" | "canceled";
export type RequestPriority = "routine" | "high" | "urgent";
export type Side = "R" | "L";
export type SymptomKind = "lump" | "pain" | "discharge" | "skin" | "other";
export type Zone = "areola" | "axilla";

export interface Symptom {
  readonly side: Side;
  readonly kind: SymptomKind;
  readonly clock: number | null;
  readonly zone: Zone | null;
  readonly note: string;
}

export interface Surgery {
  readonly side: Side;
  readonly kind: string;
  readonly year: number | null;
  readonly note: string;
}

export interface Relative {
  readonly relation: string;
  readonly cancer: "breast" | "ovarian" | "other";
  readonly age: number | null;
}

export interface Clinical {
  readonly reason: string;
  readonly question: string;
  readonly symptoms: readonly Symptom[];
  readonly history: string;
  readonly surgeries: readonly Surgery[];
  readonly pathology: string;
  readonly family_history: readonly Relative[];
  readonly gene: "unknown" | "not_tested" | "negative" | "brca1" | "brca2" | "other";
  readonly gene_note: string;
  readonly menstruation: "unknown" | "pre" | "peri" | "post";
  readonly last_period: string;
  readonly hormone_therapy: string;
  readonly implants: "none" | "right" | "left" | "both" | "unknown";
  readonly pregnancy: "unknown" | "none" | "pregnant" | "lactating";
  readonly prior_examinations: string;
  readonly note: string;
}

export interface RequestPatient {
  readonly patient_id: string;
  readonly issuer_of_patient_id: string;
  readonly name: { readonly alphabetic: string; readonly ideographic: string; readonly phonetic: string };
  readonly birth_date: string;
  readonly sex: "M" | "F" | "O" | "";
}

export type DifferingField = "patient_id" | "name" | "birth_date" | "sex";

export interface Difference {
  readonly field: DifferingField;
  readonly requested: string;
  readonly in_images: string;
}

export interface Proposal {
  readonly study_instance_uid: string;
  readonly study_date: string;
  readonly modalities: readonly string[];
  readonly study_description: string;
  readonly accession_number: string;
  readonly patient: RequestPatient;
  readonly differences: readonly Difference[];
}

export interface Attachment {
  readonly number: number;
  readonly name: string;
  readonly media_type: string;
  readonly size: number;
}

export interface RequestIn {
  readonly priority: RequestPriority;
  readonly due_at: string | null;
  readonly accession_number: string;
  readonly issuer_of_accession_number: string;
  readonly placer_order_number: string;
  readonly patient: RequestPatient;
  readonly modality: string;
  readonly examination_date: string;
  readonly procedure: { readonly value: string; readonly scheme: string; readonly meaning: string };
  readonly requesting_physician: string;
  readonly requesting_department: string;
  readonly clinical: Clinical;
}

export interface ReadingRequest extends RequestIn {
  readonly request_id: string;
  readonly site_id: string;
  readonly site_name: string;
  readonly state: RequestState;
  readonly source: "portal" | "hl7" | "worklist" | "folder" | "fhir";
  readonly version: number;
  readonly placed_at: string;
  readonly placed_by: string;
  readonly study_instance_uid: string | null;
  readonly worklist_item_id: string | null;
  readonly proposals: readonly Proposal[];
  readonly differences: readonly Difference[];
  readonly resolved_by: string | null;
  readonly resolved_because: string;
  readonly attachments: readonly Attachment[];
}

export interface RequestList {
  readonly items: readonly ReadingRequest[];
  readonly counts: Readonly<Partial<Record<RequestState, number>>>;
}

export type { PersonName };
