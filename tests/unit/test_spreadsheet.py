import csv
import io
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokuei.spreadsheet import (
    UnreadableError,
    encoded,
    folded_heading,
    not_in_shift_jis,
    plain_cell,
    read_spreadsheet,
    written_spreadsheet,
)

_HEADINGS = {folded_heading(one): name for one, name in {"患者ID": "id", "氏名": "name", "name": "name"}.items()}


def _read(data: bytes) -> list[tuple[int, dict[str, str] | None]]:
    table = read_spreadsheet(data, headings=_HEADINGS, needed=("id",), most_lines=100)
    return [(one.number, None if one.cells is None else dict(one.cells)) for one in table.lines]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp932"])
def test_a_table_is_read_in_what_hospitals_write(codec: str) -> None:
    text = '患者ＩＤ, Name \r\nP1,髙橋\r\n\r\n P2 ,"山田\n花子"\r\nP3,﨑\r\n'
    assert _read(text.encode(codec)) == [
        (2, {"id": "P1", "name": "髙橋"}),
        (4, {"id": "P2", "name": "山田\n花子"}),
        (6, {"id": "P3", "name": "﨑"}),
    ]


def test_a_line_of_another_width_is_told_and_the_others_are_read() -> None:
    assert _read("患者ID,氏名\nP1\nP2,b\n".encode()) == [(2, None), (3, {"id": "P2", "name": "b"})]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"\x81", "encoding"),
        ("患者ID\n\0".encode(), "encoding"),
        ('患者ID,氏名\nP1,"x\n'.encode(), "quotes"),
        ("患者ID,住所\nP1,x\n".encode(), "unknown_heading"),
        ("患者ID,氏名,name\n".encode(), "heading_twice"),
        ("氏名\nx\n".encode(), "no_heading"),
        (("患者ID\n" + "P\n" * 100).encode(), "too_long"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, fault: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        _read(data)
    assert caught.value.fault == fault


def test_foreign_headings_are_left_out_and_told_where_they_may_be() -> None:
    table = read_spreadsheet("患者ID,住所\nP1,x\n".encode(), headings=_HEADINGS, most_lines=9, foreign_headings=True)
    assert (table.ignored, [dict(one.cells or {}) for one in table.lines]) == (("住所",), [{"id": "P1"}])


@pytest.mark.parametrize("cell", ["=1+1", "+81", "-2", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert plain_cell(cell) == f"'{cell}"
    assert plain_cell(f"所見 {cell}") == f"所見 {cell}"


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=1)))
def test_what_is_written_begins_no_formula_and_loses_nothing(rows: list[list[str]]) -> None:
    back = list(csv.reader(io.StringIO(written_spreadsheet(rows), newline="")))
    assert [len(row) for row in back] == [len(row) for row in rows]
    for kept, cell in zip(chain(*back), chain(*rows), strict=True):
        assert kept in {cell, f"'{cell}"}
        assert not kept.startswith(("=", "+", "-", "@"))


def test_what_shift_jis_lacks_is_told_and_never_replaced() -> None:
    assert not_in_shift_jis("髙﨑〜−①") == ()
    assert encoded("〜−", "shift_jis").decode("cp932") == "～－"
    assert not_in_shift_jis("𠮷野é𠮷") == ("𠮷", "é")
    with pytest.raises(UnicodeEncodeError):
        encoded("𠮷", "shift_jis")
    assert encoded("𠮷", "utf-8") == b"\xef\xbb\xbf" + "𠮷".encode()
