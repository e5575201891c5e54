"""What a result's message says beside the report's own content."""

from datetime import UTC, datetime

from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from dokuei.gateway.hl7.charset import UTF_8
from dokuei.gateway.hl7.result import CHARSETS, Envelope, result_text

_LINK = "https://hub.example/cases/0a1b?x=1&y=2"


def message(link: str) -> list[str]:
    report = Dataset()
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
