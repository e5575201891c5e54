import type { WorklistItem } from "@/api/types";

/** A case for tests. */
export function madeItem(id: string, changed: Partial<WorklistItem> = {}): WorklistItem {
  return {
    worklist_item_id: id,
    site_id: "kita",
    site_name: "北原総合病院",
    status: "scheduled",
    priority: "routine",
    study_instance_uid: `1.2.${id}`,
    patient_id: `P-${id}`,
    patient_name: { alphabetic: "Yamada^Hanako", ideographic: "山田^花子", phonetic: "ヤマダ^ハナコ" },
    patient_birth_date: "19700101",
    patient_sex: "F",
    study_date: "20261123",
    study_time: "0900",
    study_description: "マンモグラフィ",
    modalities: ["MG"],
    accession_number: "A1",
    number_of_series: 1,
    number_of_instances: 4,
    declared_instances: 4,
    arrived_instances: 4,
    images_state: "complete",
    images_after_signature: false,
    arrived_at: "2026-11-23T08:00:00Z",
    due_at: null,
    report_status: null,
    request_state: "none",
    request_reason: "",
    assigned_to: null,
    locked_by: null,
    priors: [],
    ...changed,
  };
}
