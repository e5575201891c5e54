"""A report as an Enhanced SR document after TID 2000, to be read without the PDF (PS3.16 TID 2000, PS3.3 A.35.2)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from highdicom.sr import (
    CodeContentItem,
    CodedConcept,
    ContainerContentItem,
    ContentSequence,
    EnhancedSR,
    ImageContentItem,
    PnameContentItem,
    RelationshipTypeValues,
    TextContentItem,
    UIDRefContentItem,
)
from pydicom.dataset import Dataset

from dokuei.dicom.coded_content import LATERALITY, LEFT, RIGHT, CodedItem, Concept
from dokuei.dicom.image_mac import ImageMac
from dokuei.dicom.report_header import (
    CHARACTER_SET,
    MANUFACTURER,
    SERIES_NUMBER_SR,
    Placement,
    ReferencedImage,
    StudyHeader,
    put_header,
)
from dokuei.dicom.sr_coded import coded_item, coded_items

ENHANCED_SR = "1.2.840.10008.5.1.4.1.1.88.22"
OUR_CODES = "99DOKUEI"
NOT_APPLICABLE = "NA"
STAGE = "report-stage"
PRELIMINARY = "preliminary"
_PRELIMINARY_NOTICE = "速報（暫定報告）：確定した報告ではありません / Preliminary report: not final"
_EVIDENCE = ("CurrentRequestedProcedureEvidenceSequence", "PertinentOtherEvidenceSequence")
_MOST_LISTED = 64
_CATEGORY_NAMES = {
    "MG": "Mammography category (Japanese guideline)",
    "US": "Breast ultrasound category (Japanese guideline)",
    "MR": "Breast MRI category",
}

_CONTAINS = RelationshipTypeValues.CONTAINS
_MODIFIES = RelationshipTypeValues.HAS_CONCEPT_MOD
_CONTEXT = RelationshipTypeValues.HAS_OBS_CONTEXT
_INFERRED = RelationshipTypeValues.INFERRED_FROM


@dataclass(frozen=True)
class Statement:
    """What the reader says; categories are the Japanese guideline's for the study's method, empty where none is."""

    findings: str
    impression: str
    category_right: str
    category_left: str
    notice: str
    modalities: tuple[str, ...]
    examined: tuple[CodedItem, ...] = ()
    """What holds for the whole examination: purpose, technique, composition of the breasts."""
    coded: tuple[CodedItem, ...] = ()
    """Findings in fields, beside the text."""
    concluded: tuple[CodedItem, ...] = ()
    categories: tuple[tuple[Concept, Concept], ...] | None = None
    """Right and left under the name of their scale; None where a report has no fields."""
    stage: str = "final"
    """How the report stands: preliminary, final, amended or withdrawn."""
    circumstances: tuple[tuple[str, str], ...] = ()
    """Label and text of what stands around the reading: priors compared, who acted for whom, why it is withdrawn."""
    withdrawn: str = ""
    """What stands in place of all that an earlier version said."""


@dataclass(frozen=True)
class Observer:
    """Who verified the document (PS3.3 C.17.2, Verifying Observer); ``name`` is a PN."""

    name: str
    organization: str
    qualification: str = ""
    """Licence, specialities and grade, as a person reads them."""
    place: str = ""
    """Whether they sat in the facility or elsewhere, as a person reads it."""


@dataclass(frozen=True)
class Predecessor:
    """The version that this one replaces (PS3.3 C.17.2, Predecessor Documents)."""

    series_instance_uid: str
    sop_instance_uid: str


def structured_report(
    *,
    header: StudyHeader,
    placement: Placement,
    statement: Statement,
    observer: Observer,
    images: Sequence[ReferencedImage],
    version_digest: str,
    predecessor: Predecessor | None = None,
) -> Dataset:
    """A complete, verified document that references every image read."""
    linked = {seen.sop_instance_uid for item in statement.coded for seen in item.images}
    named = [one for one in images if one.sop_instance_uid in linked] or images[:1]
    listed = images if len(images) <= _MOST_LISTED else named
    preliminary = statement.stage == PRELIMINARY
    document = EnhancedSR(
        evidence=[_evidence(header, image) for image in listed] or [_evidence(header, _none(placement))],
        content=_content(header, statement, observer, images, version_digest),
        series_instance_uid=placement.series_instance_uid,
        series_number=SERIES_NUMBER_SR,
        sop_instance_uid=placement.sop_instance_uid,
        instance_number=placement.instance_number,
        manufacturer=MANUFACTURER,
        institution_name=observer.organization,
        is_complete=not preliminary,
        is_final=not preliminary,
        is_verified=True,
        verifying_observer_name=observer.name,
        verifying_organization=observer.organization,
        specific_character_set=CHARACTER_SET,
        series_description="読影報告書 Reading report",
    )
    put_header(document, header, placement)
    del document.ContributingEquipmentSequence  # the library's own mark, in a time of no zone
    if images:
        document.CurrentRequestedProcedureEvidenceSequence = [_all_read(header, images)]
    for keyword in () if images else _EVIDENCE:
        if keyword in document:
            delattr(document, keyword)
    verified = document.VerifyingObserverSequence[0]
    verified.VerificationDateTime = placement.made_at.strftime("%Y%m%d%H%M%S%z")
    if predecessor is not None:
        document.PredecessorDocumentsSequence = [_predecessor(header, predecessor)]
    return document


def _content(
    header: StudyHeader, statement: Statement, observer: Observer, images: Sequence[ReferencedImage], digest: str
) -> Dataset:
    root = ContainerContentItem(_loinc("18748-4", "Diagnostic imaging report"), template_id="2000")
    items = [
        _code(_dcm("121049", "Language of Content Item and Descendants"), _concept("ja", "RFC5646", "Japanese")),
        _code(_dcm("121005", "Observer Type"), _dcm("121006", "Person"), _CONTEXT),
        PnameContentItem(_dcm("121008", "Person Observer Name"), observer.name, _CONTEXT),
        _text(_dcm("121009", "Person Observer's Organization Name"), observer.organization, _CONTEXT),
        UIDRefContentItem(_dcm("121018", "Procedure Study Instance UID"), header.study_instance_uid, _CONTEXT),
    ]
    if observer.qualification:
        items.append(
            _text(_concept("qualification", OUR_CODES, "Observer's Qualification"), observer.qualification, _CONTEXT)
        )
    if observer.place:
        items.append(_text(_concept("reading-place", OUR_CODES, "Place of Reading"), observer.place, _CONTEXT))
    items += _stage(statement)
    found = (
        [_text(_dcm("121071", "Finding"), said)] if (said := statement.withdrawn or statement.findings.strip()) else []
    )
    if found or statement.examined or statement.coded:
        every = [*coded_items(statement.examined), *found, *coded_items(statement.coded)]
        items.append(_section(_dcm("121070", "Findings"), every))
    if not statement.withdrawn:
        items += _around(statement)
    concluded: list[Any] = (
        [_text(_dcm("121077", "Conclusion"), said)]
        if (said := statement.withdrawn or statement.impression.strip())
        else []
    )
    concluded += [*_categories(statement), *coded_items(statement.concluded)]
    if concluded:
        items.append(_section(_dcm("121076", "Conclusions"), concluded))
    if images:
        items.append(_section(_concept("images-read", OUR_CODES, "Images read"), _images(images)))
    items.append(_text(_concept("version-digest", OUR_CODES, "SHA-256 of the signed version"), digest))
    root.ContentSequence = ContentSequence(items)
    return root


def _stage(statement: Statement) -> list[Any]:
    """How the report stands, for programs and for people; why it was withdrawn."""
    stage = _concept(statement.stage, OUR_CODES, f"Report {statement.stage}")
    items: list[Any] = [_code(_concept(STAGE, OUR_CODES, "Stage of the report"), stage, _CONTAINS)]
    notices = [statement.notice, statement.withdrawn, _PRELIMINARY_NOTICE if statement.stage == PRELIMINARY else ""]
    items += [_text(_dcm("121106", "Comment"), notice) for notice in notices if notice]
    return [*items, *(_around(statement) if statement.withdrawn else ())]


def _around(statement: Statement) -> list[Any]:
    """Priors compared and the like: between what was found and how it is judged (REPORT-09)."""
    return [_text(_dcm("121106", "Comment"), f"{label}: {text}") for label, text in statement.circumstances]


def _none(placement: Placement) -> ReferencedImage:
    """The library asks for evidence; a withdrawal rests on no image, and this one goes again."""
    return ReferencedImage(ENHANCED_SR, placement.sop_instance_uid, placement.series_instance_uid, 1, ())


def _images(images: Sequence[ReferencedImage]) -> list[TextContentItem]:
    """An entry an image; where there are very many, an entry a series, with each image in the evidence (REC-15)."""
    if len(images) <= _MOST_LISTED:
        return [_read(image) for image in images]
    by_series: dict[str, list[ReferencedImage]] = {}
    for image in images:
        by_series.setdefault(image.series_instance_uid, []).append(image)
    return [_series_read(uid, members) for uid, members in by_series.items()]


def _series_read(series_instance_uid: str, members: Sequence[ReferencedImage]) -> TextContentItem:
    digests = [digest for image in members for _, digest in image.frames]
    said = f"series {series_instance_uid}: {len(members)} images, {len(digests)} frames; SHA-256 of their digests "
    return _text(_PIXEL_DIGEST, said + _joined(digests))


def _read(image: ReferencedImage) -> TextContentItem:
    """What was read of one image, and the proof of its pixels, inferred from the image itself (REC-15)."""
    numbers = [number for number, _ in image.frames]
    if image.number_of_frames == 1:
        said = f"SHA-256 {image.frames[0][1]}"
        chosen = None
    else:
        joined = _joined([digest for _, digest in image.frames])
        said = f"frames {_ranges(numbers)} of {image.number_of_frames}; SHA-256 of their digests {joined}"
        chosen = None if len(numbers) == image.number_of_frames else numbers
    item = _text(_PIXEL_DIGEST, said)
    source = ImageContentItem(
        _dcm("121324", "Source image"),
        image.sop_class_uid,
        image.sop_instance_uid,
        referenced_frame_numbers=chosen,
        relationship_type=_INFERRED,
    )
    item.ContentSequence = ContentSequence([source])
    return item


def _categories(statement: Statement) -> list[Any]:
    given = {"right": statement.category_right, "left": statement.category_left}
    if statement.withdrawn:
        gone = Concept(OUR_CODES, "withdrawn", "Withdrawn")
        names = statement.categories or ((_category_name(statement.modalities),) * 2,) * 2
        return [_sided(side, one[0], gone) for side, one in zip(given, names, strict=True)]
    if statement.categories is None:
        return [_category(side, value, statement.modalities) for side, value in given.items() if value]
    return [_sided(side, *one) for side, one in zip(given, statement.categories, strict=True)]


def _sided(side: str, name: Concept, value: Concept) -> Any:
    laterality = CodedItem(LATERALITY, RIGHT if side == "right" else LEFT)
    return coded_item(CodedItem(name, value, modifiers=(laterality,)))


def _category(side: str, value: str, modalities: Sequence[str]) -> Any:
    name = _category_name(modalities)
    method = name.value.removesuffix("-category").upper()
    given = Concept(OUR_CODES, f"{method}-{value}", f"Category {value}")
    return _sided(side, name, Concept("SCT", "385432009", "Not applicable") if value == NOT_APPLICABLE else given)


def _category_name(modalities: Sequence[str]) -> Concept:
    methods = [modality for modality in modalities if modality in _CATEGORY_NAMES]
    method = methods[0] if len(methods) == 1 else "BREAST"
    return Concept(OUR_CODES, f"{method.lower()}-category", _CATEGORY_NAMES.get(method, "Breast imaging category"))


def _evidence(header: StudyHeader, image: ReferencedImage) -> Dataset:
    """The little of an image's header that the reference needs; the image itself stays in the archive."""
    known = Dataset()
    known.SOPClassUID = image.sop_class_uid
    known.SOPInstanceUID = image.sop_instance_uid
    known.SeriesInstanceUID = image.series_instance_uid
    known.StudyInstanceUID = header.study_instance_uid
    known.PatientID, known.PatientName = header.patient_id, header.patient_name
    known.PatientBirthDate, known.PatientSex = header.patient_birth_date, header.patient_sex
    known.AccessionNumber, known.StudyID = header.accession_number, ""
    known.StudyDate, known.StudyTime = header.study_date, header.study_time
    known.ReferringPhysicianName = header.referring_physician
    return known


def _all_read(header: StudyHeader, images: Sequence[ReferencedImage]) -> Dataset:
    """Every image read, by series (PS3.3 C.17.2, Current Requested Procedure Evidence)."""
    by_series: dict[str, list[Dataset]] = {}
    for image in images:
        reference = Dataset()
        reference.ReferencedSOPClassUID = image.sop_class_uid
        reference.ReferencedSOPInstanceUID = image.sop_instance_uid
        if image.mac is not None:
            reference.ReferencedSOPInstanceMACSequence = [_mac(image.mac)]
        by_series.setdefault(image.series_instance_uid, []).append(reference)
    study = Dataset()
    study.StudyInstanceUID = header.study_instance_uid
    study.ReferencedSeriesSequence = []
    for uid, references in by_series.items():
        series = Dataset()
        series.SeriesInstanceUID = uid
        series.ReferencedSOPSequence = references
        study.ReferencedSeriesSequence.append(series)
    return study


def _mac(mac: ImageMac) -> Dataset:
    """PS3.3 C.17.2.1: so that the very image that was read can be told from any other (PS3.15 A.4)."""
    item = Dataset()
    item.MACCalculationTransferSyntaxUID = mac.transfer_syntax_uid
    item.MACAlgorithm = "SHA256"
    item.DataElementsSigned = list(mac.elements)
    item.MAC = bytes.fromhex(mac.mac)
    return item


def _predecessor(header: StudyHeader, before: Predecessor) -> Dataset:
    reference = Dataset()
    reference.ReferencedSOPClassUID = ENHANCED_SR
    reference.ReferencedSOPInstanceUID = before.sop_instance_uid
    series = Dataset()
    series.SeriesInstanceUID = before.series_instance_uid
    series.ReferencedSOPSequence = [reference]
    study = Dataset()
    study.StudyInstanceUID = header.study_instance_uid
    study.ReferencedSeriesSequence = [series]
    return study


def _joined(digests: Sequence[str]) -> str:
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def _ranges(numbers: Sequence[int]) -> str:
    """'1-60' or '1-3,7': what a person reads."""
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and parts[-1][-1] == number - 1:
            parts[-1][-1:] = [number] if len(parts[-1]) > 1 else [parts[-1][0], number]
        else:
            parts.append([number])
    return ",".join("-".join(map(str, part)) for part in parts)


def _section(name: CodedConcept, items: Sequence[Any]) -> ContainerContentItem:
    section = ContainerContentItem(name, relationship_type=_CONTAINS)
    section.ContentSequence = ContentSequence(items)
    return section


def _text(name: CodedConcept, value: str, relationship: RelationshipTypeValues = _CONTAINS) -> TextContentItem:
    return TextContentItem(name, value, relationship)


def _code(name: CodedConcept, value: CodedConcept, relationship: RelationshipTypeValues = _MODIFIES) -> CodeContentItem:
    return CodeContentItem(name, value, relationship)


def _dcm(value: str, meaning: str) -> CodedConcept:
    return _concept(value, "DCM", meaning)


def _loinc(value: str, meaning: str) -> CodedConcept:
    return _concept(value, "LN", meaning)


def _concept(value: str, scheme: str, meaning: str) -> CodedConcept:
    return CodedConcept(value=value, scheme_designator=scheme, meaning=meaning)


_PIXEL_DIGEST = _concept("pixel-digest", OUR_CODES, "Digest of the pixels read")
