"""What a version says, in one document: shown before signing, signed, sealed, and kept for ever."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import rfc8785

from dokuei.hub.reports.circumstances import written_compared, written_in_pacs
from dokuei.hub.reports.examination import worst_of, written_edition
from dokuei.hub.reports.lexicon import applicable
from dokuei.hub.reports.linked_images import written_links
from dokuei.hub.reports.model import Case, Content, Kind, KnownImage, Report, SignedVersion, SiteRules
from dokuei.hub.reports.response import written_response
from dokuei.hub.reports.stage_words import banner, circumstance_lines
from dokuei.hub.reports.structure import NOT_APPLICABLE, written, written_answers
from dokuei.hub.reports.structured_words import (
    answer_lines,
    assessed_last,
    finding_lines,
    said_lines,
    said_of_examination,
    said_of_management,
    said_of_response,
    said_of_scale,
    structure_of,
    structured_lines,
)

SCHEMA = "dokuei.report.version/3"
_ROLES = {
    "first": "（第一読影 / First reading）",
    "second": "（第二読影 / Second reading）",
    "arbiter": "（最終判定 / Final decision）",
}
_FINDINGS, _IMPRESSION = "所見 / Findings:", "診断 / Impression:"
_PLACES = {
    "": "記録なし / not stated",
    "facility": "施設内 / in the facility",
    "remote": "施設外（自宅等） / outside the facility",
}
SPEECH = "speech"
"""How somebody entered a text where a speech engine wrote for them."""
NOTICE = "一次診断用ではありません / Not for primary diagnosis"


def document(
    *,
    report: Report,
    number: int,
    replaces: SignedVersion | None,
    case: Case,
    site: SiteRules,
    facility: str,
    place: str,
    display: Mapping[str, Any] | None = None,
    line: Mapping[str, Any] | None = None,
    content: Content,
    images: Sequence[KnownImage] = (),
    entered_by: Sequence[Mapping[str, str]],
    reader: Mapping[str, str],
    qualification: Mapping[str, Any] | None = None,
    kind: Kind = "original",
    preliminary: Mapping[str, Any] | None = None,
    withdraws: Mapping[str, Any] | None = None,
    delegations: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Everything that a version says, as one JSON document: what is shown, signed, sealed and kept."""
    structure = applicable(content.structure)
    return {
        "schema": SCHEMA,
        "report_id": report.report_id,
        "version": number,
        "kind": kind,
        "replaces": None if replaces is None else replaces.digest,
        "reading_role": report.role,
        "site": {"site_id": site.site_id, "name": site.name, "name_en": site.name_en},
        "facility": facility,
        "reading_place": place,
        "display": None if display is None else dict(display),
        "line": None if line is None else dict(line),
        "patient": _patient(case),
        "study": _study(case),
        "findings": content.findings,
        "impression": content.impression,
        "category_right": content.category_right,
        "category_left": content.category_left,
        "category_examination": worst_of(content.structure.scale, (content.category_right, content.category_left)),
        "scale_edition": written_edition(content.structure),
        "structure": written(structure),
        "response": written_response(structure),
        "answers": written_answers(content.answers),
        "linked_images": written_links(structure, images),
        "images_read": [asdict(one) for one in sorted(content.images_read)],
        "compared_with": written_compared(content.compared),
        "priors_known": len(case.priors),
        "priors_in_pacs": written_in_pacs(case.priors_in_pacs),
        "preliminary": None if preliminary is None else dict(preliminary),
        "withdraws": None if withdraws is None else dict(withdraws),
        "delegations": [dict(one) for one in delegations],
        "entered_by": [dict(one) for one in entered_by],
        "reader": {**reader, "qualification": dict(qualification or {})},
        "not_for_primary_diagnosis": site.in_evaluation,
    }


def _study(case: Case) -> dict[str, Any]:
    return {
        "study_instance_uid": case.study_instance_uid,
        "study_date": case.study_date,
        "study_time": case.study_time,
        "study_description": case.study_description,
        "accession_number": case.accession_number,
        "referring_physician": case.referring_physician,
        "modalities": list(case.modalities),
    }


def _patient(case: Case) -> dict[str, Any]:
    return {
        "patient_id": case.patient_id,
        "issuer_of_patient_id": case.issuer_of_patient_id,
        "patient_name": asdict(case.patient_name),
        "patient_birth_date": case.patient_birth_date,
        "patient_sex": case.patient_sex,
    }


def shown_text(value: Mapping[str, Any]) -> str:
    """The whole document as a person reads it before signing (REC-02): nothing that is signed is left out."""
    notice = (
        ["【一次診断用ではありません / Not for primary diagnosis】", ""] if value["not_for_primary_diagnosis"] else []
    )
    stands = banner(value)
    if stands is not None:
        notice += [f"【{stands.ja} / {stands.en}】", ""]
    if value["withdraws"] is not None:
        return "\n".join([*notice, *_whose(value), "", *circumstance_lines(value), "", *_who(value)])
    frames = len(value["images_read"])
    images = len({one["sop_instance_uid"] for one in value["images_read"]})
    return "\n".join(
        [
            *notice,
            *_whose(value),
            *(_assessed_last(value) if assessed_last(structure_of(value)) else _assessed_first(value)),
            f"読影した画像: {images} 画像 {frames} フレーム  /  Images read: {images}, frames: {frames}",
            *_who(value),
        ]
    )


def _assessed_first(value: Mapping[str, Any]) -> list[str]:
    texts = [_FINDINGS, value["findings"], "", _IMPRESSION, value["impression"], ""]
    return [_categories(value), *structured_lines(value), "", *texts, *circumstance_lines(value)]


def _assessed_last(value: Mapping[str, Any]) -> list[str]:
    """Indication, technique, FGT and BPE, findings, comparison, assessment, management (REPORT-09)."""
    structure = structure_of(value)
    measured = [*finding_lines(value), *said_lines(said_of_response(value))]
    found = [_FINDINGS, *measured, value["findings"], "", *circumstance_lines(value), ""]
    judged = [_categories(value), *said_lines([said_of_scale(structure)]), "", _IMPRESSION, value["impression"], ""]
    followed = [*said_lines(said_of_management(structure)), *answer_lines(value)]
    return [*said_lines(said_of_examination(structure)), "", *found, *judged, *followed, ""]


def _categories(value: Mapping[str, Any]) -> str:
    right, left = category(value["category_right"]), category(value["category_left"])
    whole = value.get("category_examination", "")
    ja, en = (f"  検査全体 {category(whole)}", f"  Examination {category(whole)}") if whole else ("", "")
    return f"カテゴリー: 右 {right}  左 {left}{ja}  /  Category: Right {right}  Left {left}{en}"


def place_line(value: Mapping[str, Any]) -> str:
    """Where the reader sat (JRS-05); versions of before it was written in say nothing of it."""
    return _PLACES.get(value.get("reading_place", ""), "")


def _whose(value: Mapping[str, Any]) -> list[str]:
    patient, study, site = value["patient"], value["study"], value["site"]
    names, born = patient["patient_name"], patient["patient_birth_date"]
    name = " ".join(filter(None, (names[group] for group in ("ideographic", "phonetic", "alphabetic"))))
    return [
        f"患者 / Patient: {name}  ID {patient['patient_id']}  {born}  {patient['patient_sex']}",
        f"依頼施設 / Site: {'  '.join(filter(None, (site['name'], site['name_en'])))}",
        f"検査 / Study: {study['study_date']}  {' '.join(study['modalities'])}  {study['study_description']}",
        f"受付番号 / Accession number: {study['accession_number']}",
    ]


def _who(value: Mapping[str, Any]) -> list[str]:
    entered = entered_line(value)
    return [
        *([f"入力者 / Entered by: {entered}"] if entered else []),
        f"読影医 / Reader: {value['reader']['display_name']}{_ROLES.get(value['reading_role'], '')}",
        f"読影施設 / Reading facility: {value['facility']}",
        f"読影場所 / Place of reading: {place_line(value)}",
        *([f"資格 / Qualification: {qualified}"] if (qualified := qualification_line(value["reader"])) else []),
        _version(value),
    ]


def _version(value: Mapping[str, Any]) -> str:
    number, before = value["version"], value["replaces"]
    ja, en = (f" ({before[:16]} に代わる)", f" (replaces {before[:16]})") if before else ("", "")
    return f"第 {number} 版{ja}  /  Version {number}{en}"


def entered_line(value: Mapping[str, Any]) -> str:
    """Whoever entered what it says, and where a speech engine did it for them (REC-04)."""
    spoken = "（音声入力 / by speech）"
    return "、".join(one["display_name"] + (spoken if one.get("by") == SPEECH else "") for one in value["entered_by"])


def qualification_line(reader: Mapping[str, Any]) -> str:
    """What the reader was qualified for when they signed (REC-21); empty in versions of before it was written in."""
    known = reader.get("qualification") or {}
    licence, grade = known.get("licence_number", ""), known.get("mammography_grade", "")
    parts = [
        f"医籍登録番号 / Licence {licence}" if licence else "",
        *(one["name"] for one in known.get("specialities", ())),
        f"検診マンモグラフィ読影認定 / Mammography grade {grade}" if grade else "",
    ]
    return "、".join(filter(None, parts))


def category(value: str) -> str:
    """A category as a person reads it."""
    return "該当なし N/A" if value == NOT_APPLICABLE else value or "—"


def canonical_bytes(value: Mapping[str, Any]) -> bytes:
    """One spelling for one document (RFC 8785), so that a digest means a content."""
    return rfc8785.dumps(dict(value))
