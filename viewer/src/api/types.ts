/** Shapes of the hub's JSON, by hand until they are generated from its OpenAPI. */
export interface PersonName {
  readonly alphabetic: string;
  readonly ideographic: string;
  readonly phonetic: string;
}

export interface Session {
  readonly person: {
    readonly person_id: string;
    readonly user_name: string;
    readonly display_name: string;
    readonly display_name_kana: string;
    readonly language: "ja" | "en";
    readonly roles: readonly string[];
  };
  readonly sites: readonly { readonly site_id: string; readonly name: string }[];
  readonly permissions: readonly string[];
  readonly idle_lock_seconds: number;
}

export type WorklistStatus = "scheduled" | "in_progress" | "completed" | "canceled";

export interface PriorStudy {
  readonly study_instance_uid: string;
  readonly study_date: string;
  readonly modalities: readonly string[];
  readonly study_description: string;
}

export interface WorklistItem {
  readonly worklist_item_id: string;
  readonly site_id: string;
  readonly site_name: string;
  readonly status: WorklistStatus;
  readonly priority: string;
  readonly study_instance_uid: string;
  readonly patient_id: string;
  readonly patient_name: PersonName;
  readonly patient_birth_date: string;
  readonly patient_sex: string;
  readonly study_date: string;
  readonly study_time: string;
  readonly study_description: string;
  readonly modalities: readonly string[];
  readonly accession_number: string;
  readonly number_of_series: number;
  readonly number_of_instances: number;
  /** What the sender counted, so far or in the end; null where it counts nothing. */
  readonly declared_instances: number | null;
  readonly arrived_instances: number;
  readonly images_state: "arriving" | "complete" | "problem";
  /** Objects came that whoever signed could not have seen. */
  readonly images_after_signature: boolean;
  readonly arrived_at: string;
  readonly due_at: string | null;
  readonly report_status: string | null;
  readonly assigned_to: string | null;
  readonly locked_by: { readonly person_id: string; readonly display_name: string } | null;
  readonly priors: readonly PriorStudy[];
}

export interface Worklist {
  readonly items: readonly WorklistItem[];
  readonly counts: Readonly<Record<string, number>>;
}

export interface FrameEntry {
  readonly length: number;
  readonly digest: string;
  readonly digest_of: "pixels" | "encoded";
  readonly resolution_ends: readonly number[];
}

export interface InstanceEntry {
  readonly sop_instance_uid: string;
  readonly sop_class_uid: string;
  readonly instance_number: number | null;
  readonly number_of_frames: number;
  readonly rows: number | null;
  readonly columns: number | null;
  readonly source_transfer_syntax_uid: string;
  readonly transfer_syntax_uid: string;
  readonly proof: "proved" | "kept" | "no-pixels";
  readonly reason: string;
  readonly lossy: { readonly methods: readonly string[]; readonly ratios: readonly number[] } | null;
  readonly received_at: string;
  readonly frames: readonly FrameEntry[];
}

export interface SeriesEntry {
  readonly series_instance_uid: string;
  readonly modality: string;
  readonly series_number: number | null;
  readonly series_description: string;
  readonly body_part_examined: string;
  readonly laterality: string;
  readonly instances: readonly InstanceEntry[];
}

export interface Ledger {
  /** What the sender counted; null as long as it has not. */
  readonly declared_instances: number | null;
  readonly declared_frames: number | null;
  readonly arrived_instances: number;
  readonly arrived_frames: number;
  readonly proved_instances: number;
  /** More is to come: the gateway has not signed for everything yet, or not everything is here. */
  readonly open: boolean;
}

export interface StudyImages {
  readonly site_id: string;
  readonly study_instance_uid: string;
  readonly patient: {
    readonly patient_id: string;
    readonly patient_name: PersonName;
    readonly patient_birth_date: string;
    readonly patient_sex: string;
  };
  readonly study_date: string;
  readonly study_description: string;
  readonly accession_number: string;
  readonly manifest: { readonly signed_by: string; readonly verified: boolean } | null;
  readonly ledger: Ledger;
  readonly series: readonly SeriesEntry[];
}

/** One image that was shown, with the digest that was proved on the screen (REC-15). */
export interface ImageRead {
  readonly sop_instance_uid: string;
  readonly frame: number;
  readonly digest: string;
}

/** Who stood for a version, and the sealed document of it. */
export interface ReportSignature {
  readonly number: number;
  readonly kind: string;
  readonly digest: string;
  readonly person_id: string;
  readonly display_name: string;
  readonly signed_at: string;
  readonly method: string;
  readonly time_stamp: string;
  readonly pdf_sha256: string;
  readonly pdf_url: string;
}

/** Whether the hospital's PACS has an object of the latest version. */
export interface ReportDelivery {
  readonly kind: string;
  readonly sop_instance_uid: string;
  readonly delivered_at: string | null;
}

export interface Report {
  readonly report_id: string;
  readonly status: string;
  readonly version: number;
  readonly findings: string;
  readonly impression: string;
  readonly category_right: string;
  readonly category_left: string;
  readonly images_read: readonly ImageRead[];
  readonly updated_at: string | null;
  readonly author: string;
  readonly signatures: readonly ReportSignature[];
  readonly deliveries: readonly ReportDelivery[];
  readonly pdf_url: string | null;
}

export interface GatewayStudy {
  readonly study_instance_uid: string;
  readonly state: "received" | "proved" | "forwarding" | "at-hub" | "problem";
  readonly percent: number;
  readonly instances: number;
  readonly bytes: number;
  readonly error: string | null;
  readonly remedy?: string;
}

/** One open entry of a gateway's quarantine; which patient's object it is stays in the hospital. */
export interface Refusal {
  readonly at: string;
  readonly code: string;
  readonly reason: string;
  readonly remedy: string;
  readonly times: number;
  readonly sending_ae: string;
}

export interface Gateway {
  readonly gateway_id: string;
  readonly site_id: string;
  readonly site_name: string;
  readonly name: string;
  readonly version: string;
  readonly protocol: number | string;
  readonly last_seen_at: string | null;
  readonly online: boolean;
  readonly studies: readonly GatewayStudy[];
  readonly quarantine: number;
  readonly refusals: readonly Refusal[];
  readonly free_bytes: number;
  readonly enrolled_at: string;
  readonly revoked_at: string | null;
  readonly certificate_not_after: string;
  readonly identity_mode: "true" | "pseudonym";
}
