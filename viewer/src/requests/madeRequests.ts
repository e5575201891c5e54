import { asPlaced, emptyDraft } from "./model";
import type { ReadingRequest } from "./shapes";

/** A request for tests. */
export function madeRequest(id: string, changed: Partial<ReadingRequest> = {}): ReadingRequest {
  const draft = asPlaced(emptyDraft("2026-11-23"));
  return {
    ...draft,
    patient: {
      patient_id: `P-${id}`,
      issuer_of_patient_id: "",
      name: { alphabetic: "Yamada^Hanako", ideographic: "山田^花子", phonetic: "ヤマダ^ハナコ" },
      birth_date: "19700101",
      sex: "F",
    },
    clinical: { ...draft.clinical, reason: "右乳房のしこり" },
    request_id: id,
    site_id: "kita",
    site_name: "北原総合病院",
    state: "waiting",
    source: "portal",
    kind: "diagnostic",
    version: 1,
    placed_at: "2026-11-23T08:00:00Z",
    placed_by: "受付 花子",
    study_instance_uid: null,
    worklist_item_id: null,
    proposals: [],
    differences: [],
    reasons: [],
    changed_after_signature: false,
    canceled_because: "",
    former: [],
    papers: [],
    resolved_by: null,
    resolved_because: "",
    attachments: [],
    ...changed,
  };
}
