"""A line of the index beside the PDFs."""

import csv
import io
from datetime import UTC, datetime

from pydicom.dataset import Dataset

from dokuei.gateway.deliver_tables import Held
from dokuei.gateway.filing_index import COLUMNS, line_of


def told(report: Dataset, status: str = "final") -> dict[str, str]:
    at = datetime(2026, 12, 1, tzinfo=UTC)
    one = Held("d1", "pdf", "1.2", "1.3", "1.4", "0" * 64, at, None, "", None, 0, None, "", "r1", 1, status)
    (row,) = csv.reader(io.StringIO(line_of(report, one, "a.pdf")))
    return dict(zip(COLUMNS, row, strict=True))


def test_no_field_is_a_formula_in_a_spreadsheet_in_whichever_width_it_is_typed() -> None:
    """What a patient's number or an examination's name begins with is the hospital's word, and others open the file."""
    report = Dataset()
    report.PatientID, report.StudyDescription = "＝HYPERLINK(1)", "＠SUM(1)"
    report.AccessionNumber = " \t=1+1"
    line = told(report)
    assert (line["患者ID"], line["検査名"], line["受付番号"]) == ("'＝HYPERLINK(1)", "'＠SUM(1)", "'=1+1")


def test_a_preliminary_version_is_called_so() -> None:
    assert told(Dataset(), "preliminary")["状態"] == "速報"
