import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokuei.errors import RequestError
from dokuei.hub.screening.model import Examinee, LineOutcome
from dokuei.hub.screening.roster import MOST_LINES, Read, read_roster
from dokuei.written_days import written

HEAD = "患者ID,氏名,生年月日,性別,受診日,受診番号,視触診\n"


def read(data: str | bytes) -> Read:
    raw = data.encode() if isinstance(data, str) else data
    return read_roster(raw, encoding="auto", examined_on="20261101", number_needed=False, days=written)


def only(line: str) -> Examinee | LineOutcome:
    return read(HEAD + line).lines[0][1]


@pytest.mark.parametrize("heading", ["患者ID", "ＩＤ", "Patient ID", "patient_id", "カルテ番号"])
def test_headings_are_understood_in_both_languages(heading: str) -> None:
    found = read(f"{heading},Name,Sex,Date of birth\nP1,A B,2,1970-01-01\n").lines[0][1]
    assert found == Examinee("P1", "20261101", name="A B", sex="F", birth_date="19700101")


def test_a_line_is_read_with_eras_figures_and_a_spreadsheets_quotation_marks() -> None:
    found = only('"=""0012""",髙橋　恵,昭和50年11月20日,女性,R8.11.2,００１,\n')
    assert found == Examinee("0012", "20261102", name="髙橋　恵", birth_date="19751120", sex="F", exam_number="001")


@pytest.mark.parametrize(
    ("line", "reason", "fields"),
    [
        ("P1,山\x07田,,,,,\n", "letters", ("name",)),
        (f"P1,{'山' * 201},,,,,\n", "too_long", ("name",)),
        ("P1,山田,,,2026-11,,\n", "examination_date", ()),
        ("P1,山田,1970,,,,\n", "birth_date", ()),
    ],
)
def test_what_cannot_be_read_says_why(line: str, reason: str, fields: tuple[str, ...]) -> None:
    found = only(line)
    assert isinstance(found, LineOutcome)
    assert (found.outcome, found.reason, found.fields) == ("refused", reason, fields)


def test_a_roster_without_end_is_refused_whole() -> None:
    with pytest.raises(RequestError, match="3000"):
        read(HEAD + "P1,山田,,,,,\n" * MOST_LINES)


@given(st.binary(max_size=300))
def test_no_bytes_break_it(data: bytes) -> None:
    try:
        found = read(HEAD.encode() + data)
    except RequestError:
        return
    assert found.lines
