"""What a result's message says beside the report's own content."""

from datetime import UTC, datetime

from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from dokuei.gateway.hl7.charset import UTF_8
from dokuei.gateway.hl7.result import CHARSETS, Envelope, result_text

_LINK = "https://hub.example/cases/0a1b?x=1&y=2"


def message(link: str, *content: Dataset) -> list[str]:
    report = Dataset()
    report.ContentSequence = list(content)
    report.PatientID, report.PatientName = "P1", "YAMADA^HANAKO"
    report.StudyInstanceUID, report.SOPInstanceUID = generate_uid(), generate_uid()
    envelope = Envelope("DOKUEI", "", "HIS", "", "1", datetime.now(UTC), CHARSETS[UTF_8])
    return result_text(report, None, envelope, link=link).strip().split("\r")


def test_the_last_observation_points_to_where_people_open_the_report() -> None:
    last = message(_LINK)[-1].split("|")
    assert last[:4] == ["OBX", "2", "RP", "18748-4^Diagnostic imaging report^LN"]
    assert last[5].split("^") == ["https://hub.example/cases/0a1b?x=1\\T\\y=2", "DOKUEI", "AP", "HTML"]


def test_a_hub_that_tells_no_address_is_pointed_to_by_nothing() -> None:
    assert not any("|RP|" in segment for segment in message(""))


def test_a_screening_category_is_told_in_japanese_with_its_side() -> None:
    """REPORT-08: both the name of the scale and the category, in OBX-3 and OBX-5."""
    side = coded("272741003", "Laterality")
    side.ValueType, side.ConceptCodeSequence = "CODE", coded("24028007", "Right").ConceptNameCodeSequence
    category = coded("mg-screening", "Screening (Japan): category")
    category.ValueType, category.RelationshipType, category.ContentSequence = "CODE", "CONTAINS", [side]
    category.ConceptCodeSequence = coded("screening-N-1", "Screening (Japan): category N-1").ConceptNameCodeSequence
    section = coded("121076", "Conclusions")
    section.ValueType, section.RelationshipType, section.ContentSequence = "CONTAINER", "CONTAINS", [category]
    (told,) = [one.split("|") for one in message("", section) if "mg-screening" in one]
    assert told[2:6] == [
        "CWE",
        "mg-screening^マンモグラフィ検診カテゴリー（右）^99DOKUEI",
        "R",
        "screening-N-1^検診カテゴリー N-1^99DOKUEI",
    ]


def coded(value: str, meaning: str) -> Dataset:
    concept, item = Dataset(), Dataset()
    concept.CodeValue, concept.CodeMeaning, concept.CodingSchemeDesignator = value, meaning, "99DOKUEI"
    item.ConceptNameCodeSequence = [concept]
    return item
