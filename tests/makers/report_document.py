"""A report's document and images, as they stand when it is signed."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dokuei.hub.reports.model import Case, Content, ImageRead, KnownImage, Name, Report, Signature, SiteRules
from dokuei.hub.reports.wording import document

MG = "1.2.840.10008.5.1.4.1.1.1.2"
AT = datetime(2026, 11, 20, 3, 4, 5, 678901, tzinfo=UTC)

CASE = Case(
    worklist_item_id="item",
    site_id="kita",
    study_instance_uid="1.2.3",
    role="sole",
    holder="person",
    images_complete=True,
    number_of_instances=4,
    patient_id="00012345",
    issuer_of_patient_id="",
    patient_name=Name("Yamada^Hanako", "山田^花子", "やまだ^はなこ"),
    patient_birth_date="19701203",
    patient_sex="F",
    study_date="20261120",
    study_time="101500",
    study_description="マンモグラフィ",
    accession_number="A-778",
    referring_physician="=佐藤^次郎",
    modalities=("MG",),
)
SITE = SiteRules("kita", "北病院", "Kita Hospital", in_evaluation=True, synced_passkeys_may_sign=False)
REPORT = Report("report", "kita", "item", "1.2.3", "sole", AT, "person")
SIGNATURE = Signature("person", "読影 花子", AT, "passkey")
READER = {"person_id": "person", "display_name": "読影 花子", "display_name_kana": "ドクエイ ハナコ"}


def known_images(count: int, *, frames: int = 1, series: str = "1.2.3.4", **changed: Any) -> tuple[KnownImage, ...]:
    """Proved mammograms, or whatever the changes say."""
    made = (
        KnownImage(
            sop_instance_uid=f"{series}.{number}",
            sop_class_uid=MG,
            series_instance_uid=series,
            series_number=1,
            series_description="R-MLO",
            modality="MG",
            instance_number=number,
            proof="proved",
            reason="",
            lossy=False,
            frames=tuple(f"{number * 1000 + frame:064x}" for frame in range(1, frames + 1)),
        )
        for number in range(1, count + 1)
    )
    return tuple(replace(one, **changed) for one in made)


def content(images: tuple[KnownImage, ...], **changed: Any) -> Content:
    """A report on every frame of the images."""
    read = tuple(
        ImageRead(one.sop_instance_uid, number, digest) for one in images for number, digest in enumerate(one.frames, 1)
    )
    written = Content("右U領域に腫瘤。\n境界は鋸歯状。", "悪性の疑い。", "4", "1", read)
    return replace(written, **changed)


def report_document(images: tuple[KnownImage, ...], **changed: Any) -> dict[str, Any]:
    """The whole document of a first version."""
    rules, case = changed.pop("site", SITE), changed.pop("case", CASE)
    place = changed.pop("place", "")
    return document(
        report=REPORT,
        number=1,
        replaces=None,
        case=case,
        site=rules,
        facility="試験読影センター",
        place=place,
        content=content(images, **changed),
        images=images,
        entered_by=[READER],
        reader=READER,
    )
