"""The report as a DICOM document: read without the PDF, referencing what was read."""

import io
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pydicom
import pytest
from pydicom.dataset import Dataset

from dokuei.dicom.encapsulated_pdf import encapsulated_pdf, pdf_inside
from dokuei.dicom.report_header import (
    Placement,
    ReferencedImage,
    StudyHeader,
    cleaned,
    part10,
    person_name,
    written_name,
)
from dokuei.dicom.sr import Observer, Predecessor, Statement, structured_report
from dokuei.errors import AdmissionError

HEADER = StudyHeader(
    study_instance_uid="1.2.3",
    patient_id="00012345",
    issuer_of_patient_id="HOSPITAL",
    patient_name="Yamada^Hanako=山田^花子=やまだ^はなこ",
    patient_birth_date="19701203",
    patient_sex="F",
    study_date="20261120",
    study_time="101500",
    accession_number="A-778",
    referring_physician="=佐藤^次郎",
    study_description="マンモグラフィ",
)
PLACE = Placement("2.25.1", "2.25.2", 1, datetime(2026, 11, 20, 12, 4, 5, tzinfo=ZoneInfo("Asia/Tokyo")))
SAID = Statement("右U領域に腫瘤。\n髙橋先生へ <b>", "悪性の疑い。", "4", "1", "一次診断用ではありません", ("MG",))
OBSERVER = Observer("=読影^花子=ドクエイ^ハナコ", "読影センター")
MG = "1.2.840.10008.5.1.4.1.1.1.2"


def images(count: int) -> list[ReferencedImage]:
    return [ReferencedImage(MG, f"1.2.3.4.{n}", "1.2.3.4", 1, ((1, f"{n:064x}"),)) for n in range(1, count + 1)]


def made(said: Statement = SAID, count: int = 2, before: Predecessor | None = None) -> Dataset:
    document = structured_report(
        header=HEADER,
        placement=PLACE,
        statement=said,
        observer=OBSERVER,
        images=images(count),
        version_digest="ab" * 32,
        predecessor=before,
    )
    return pydicom.dcmread(io.BytesIO(part10(document)))


@pytest.mark.parametrize(
    ("modalities", "concept", "value"),
    [
        (("MG",), "mg-category", "MG-4"),
        (("US",), "us-category", "US-4"),
        (("KO", "MR"), "mr-category", "MR-4"),
        (("CT", "PT"), "breast-category", "BREAST-4"),
        (("MG", "US"), "breast-category", "BREAST-4"),
    ],
)
def test_a_category_is_of_the_method_that_was_read(modalities: tuple[str, ...], concept: str, value: str) -> None:
    """An MRI's category is no mammography category."""
    document = made(replace(SAID, modalities=modalities, category_left=""))
    codes = [item for item in everything(document) if item.ValueType == "CODE"]
    given = next(item for item in codes if item.ConceptNameCodeSequence[0].CodeValue.endswith("-category"))
    assert given.ConceptNameCodeSequence[0].CodeValue == concept
    assert given.ConceptCodeSequence[0].CodeValue == value


def test_not_applicable_is_the_standards_own_code() -> None:
    document = made(replace(SAID, category_right="NA"))
    codes = [item for item in everything(document) if item.ValueType == "CODE"]
    values = {
        (one.ConceptCodeSequence[0].CodeValue, one.ConceptCodeSequence[0].CodingSchemeDesignator) for one in codes
    }
    assert ("385432009", "SCT") in values


def everything(root: Dataset) -> list[Dataset]:
    found = []
    for item in root.get("ContentSequence", []):
        found += [item, *everything(item)]
    return found


@pytest.mark.parametrize(
    ("came", "kept"),
    [
        ({"study_date": "20241399"}, {"study_date": ""}),
        ({"study_date": "2024"}, {"study_date": ""}),
        ({"study_date": "2024.01.02"}, {"study_date": "20240102"}),
        ({"patient_birth_date": "19990230"}, {"patient_birth_date": ""}),
        ({"study_time": "25:99"}, {"study_time": ""}),
        ({"study_time": "101530.123"}, {"study_time": "101530.123"}),
        ({"study_time": "10"}, {"study_time": "10"}),
        ({"patient_sex": "female"}, {"patient_sex": ""}),
        ({"study_description": "MG\x0b\x01 x"}, {"study_description": "MG x"}),
        ({}, {}),
    ],
)
def test_a_header_is_taken_over_as_far_as_it_is_valid(came: dict[str, str], kept: dict[str, str]) -> None:
    assert cleaned(replace(HEADER, **came)) == replace(HEADER, **kept)


@pytest.mark.parametrize(
    ("written", "name"), [("読影\\花子", "=読影^花子"), ("A^B=C", "A^B^C"), ("名" * 70, "=" + "名" * 64)]
)
def test_a_name_holds_nothing_that_means_something_else(written: str, name: str) -> None:
    assert written_name(written) == name


def items(root: Dataset) -> list[Dataset]:
    inside = [one for item in root.get("ContentSequence", []) for one in items(item)]
    return [root, *inside]


def test_the_document_is_complete_verified_and_names_who_stands_for_it() -> None:
    """REC-14: Verification Flag, Verifying Observer and DateTime."""
    document = made()
    assert (document.CompletionFlag, document.VerificationFlag, document.PreliminaryFlag) == (
        "COMPLETE",
        "VERIFIED",
        "FINAL",
    )
    observer = document.VerifyingObserverSequence[0]
    assert str(observer.VerifyingObserverName) == OBSERVER.name
    assert observer.VerifyingOrganization == "読影センター"
    assert str(observer.VerificationDateTime) == "20261120120405+0900"
    assert document.TimezoneOffsetFromUTC == "+0900"
    assert document.ContentTemplateSequence[0].TemplateIdentifier == "2000"


def test_japanese_comes_back_as_it_was_written() -> None:
    document = made()
    assert document.SpecificCharacterSet == "ISO_IR 192"
    assert str(document.PatientName) == HEADER.patient_name
    texts = {item.TextValue for item in items(document) if "TextValue" in item}
    assert {SAID.findings, SAID.impression, SAID.notice, "ab" * 32} <= texts


def test_every_image_read_is_referenced_with_the_digest_of_its_pixels() -> None:
    """REC-15: so that the exact images read are provable."""
    document = made()
    series = document.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence
    assert [one.ReferencedSOPInstanceUID for one in series[0].ReferencedSOPSequence] == ["1.2.3.4.1", "1.2.3.4.2"]
    digests = [item for item in items(document) if "TextValue" in item and item.TextValue.startswith("SHA-256 ")]
    for number, item in enumerate(digests, 1):
        assert item.TextValue.endswith(f"{number:064x}")
        image = item.ContentSequence[0]
        assert image.RelationshipType == "INFERRED FROM"
        assert image.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == f"1.2.3.4.{number}"
    assert len(digests) == 2


def test_some_frames_of_a_multiframe_image_are_named() -> None:
    frames = tuple((n, f"{n:064x}") for n in (1, 2, 3, 7))
    document = structured_report(
        header=HEADER,
        placement=PLACE,
        statement=SAID,
        observer=OBSERVER,
        images=[ReferencedImage("1.2.840.10008.5.1.4.1.1.13.1.3", "1.2.9", "1.2.8", 60, frames)],
        version_digest="ab" * 32,
    )
    said = [item.TextValue for item in items(document) if "TextValue" in item and "frames" in item.TextValue]
    assert said[0].startswith("frames 1-3,7 of 60; SHA-256 of their digests ")
    reference = next(item for item in items(document) if item.get("ValueType") == "IMAGE")
    assert list(reference.ReferencedSOPSequence[0].ReferencedFrameNumber) == [1, 2, 3, 7]


def test_a_very_large_study_is_told_by_series_and_still_references_every_image() -> None:
    document = made(count=300)
    series = document.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence
    assert len(series[0].ReferencedSOPSequence) == 300
    assert len(items(document)) < 40


def test_categories_stand_with_their_side() -> None:
    found = {}
    for item in items(made()):
        if item.get("ValueType") == "CODE" and item.ConceptNameCodeSequence[0].CodeValue == "mg-category":
            side = item.ContentSequence[0].ConceptCodeSequence[0].CodeMeaning
            found[side] = item.ConceptCodeSequence[0].CodeValue
    assert found == {"Right": "MG-4", "Left": "MG-1"}


def test_what_was_not_written_does_not_stand_there() -> None:
    said = replace(SAID, findings="", category_right="", category_left="", notice="")
    names = [item.ConceptNameCodeSequence[0].CodeMeaning for item in items(made(said))]
    assert "Findings" not in names
    assert "Comment" not in names
    assert "Conclusion" in names


def test_an_amended_document_names_the_one_before() -> None:
    document = made(before=Predecessor("2.25.1", "2.25.9"))
    series = document.PredecessorDocumentsSequence[0].ReferencedSeriesSequence[0]
    assert series.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == "2.25.9"


@pytest.mark.parametrize("pdf", [b"%PDF-1.7 odd", b"%PDF-1.7 even", b"%PDF-1.7\n%%EOF\n\0"])
def test_a_pdf_comes_out_of_its_object_byte_for_byte(pdf: bytes) -> None:
    """The seal inside must not lose a byte to padding (PS3.3 C.24.2)."""
    wrapped = encapsulated_pdf(pdf, header=HEADER, placement=PLACE, title="読影報告書", sources=images(2))
    read = pydicom.dcmread(io.BytesIO(part10(wrapped)))
    assert pdf_inside(read) == pdf
    assert read.EncapsulatedDocumentLength == len(pdf)
    assert read.MIMETypeOfEncapsulatedDocument == "application/pdf"
    assert len(read.SourceInstanceSequence) == 2


def test_an_object_without_a_pdf_is_refused() -> None:
    with pytest.raises(AdmissionError):
        pdf_inside(Dataset())


def test_names_stand_in_the_group_that_their_letters_belong_to() -> None:
    assert written_name("読影 花子", "ドクエイ ハナコ") == "=読影^花子=ドクエイ^ハナコ"
    assert written_name("Doku Ei") == "Doku^Ei"
    assert person_name(alphabetic="A^B") == "A^B"
    assert person_name(phonetic="か") == "==か"
