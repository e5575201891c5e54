"""Messages that are cut, odd or hostile: either read exactly, or refused with the place that is wrong."""

import contextlib

import hl7
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dokuei.errors import Hl7Error
from dokuei.gateway.hl7.message import escape, read_header, read_message, write_segment

_HEAD = r"MSH|^~\&|HIS|H|DOKUEI|R|20260101||ORM^O01|7|P|2.5"


def _read(*segments: str) -> list[str]:
    message = read_message("\r".join([_HEAD, *segments]).encode(), default="utf-8")
    return [segment.name for segment in message.segments]


def test_levels_are_counted_as_hl7_counts_them() -> None:
    message = read_message(f"{_HEAD}\rPID|1||7^^^H&1.2&ISO^PI~8||a&b^c".encode(), default="utf-8")
    person = message.named("PID")[0]
    assert person.text(3, 4, 2) == "1.2"
    assert [one[0] for one in person.repetitions(3)] == [("7",), ("8",)]
    assert (person.text(5), person.text(5, 1, 2), person.text(5, 2), person.text(99)) == ("a", "b", "c", "")
    assert message.header.text(9, 2) == "O01"
    assert message.header.text(10) == "7"


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\r\r"])
def test_segments_may_end_as_senders_end_them(end: str) -> None:
    text = end.join([_HEAD, "PID|1", "ORC|NW", ""])
    assert [s.name for s in read_message(text.encode(), default="utf-8").segments] == ["MSH", "PID", "ORC"]


def test_other_delimiters_are_those_that_msh_names() -> None:
    message = read_message(b"MSH$*+!%$HIS$H$D$R$2026$$ORM*O01$1$P$2.5\rPID$1$$7*x+8$a%b", default="utf-8")
    assert message.named("PID")[0].text(3, 2) == "x"
    assert message.named("PID")[0].text(4, 1, 2) == "b"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"a\F\b\S\c\T\d\R\e\E\f", "a|b^c&d~e\\f"),
        (r"eins\.br\zwei\.sp2\drei", "eins\nzwei\n\ndrei"),
        (r"\H\laut\N\ leise", "laut leise"),
        (r"\XE5B1B1\ ", "山"),
        (r"C:\Temp\x", r"C:\Temp\x"),
        (r"\XZZ\ \Z1\ ", r"\XZZ\ \Z1\ ".strip()),
        ("10\\", "10\\"),
        ('""', ""),
    ],
)
def test_escapes_are_resolved_and_what_is_none_stays(written: str, meant: str) -> None:
    message = read_message(f"{_HEAD}\rNTE|1||{written}".encode(), default="utf-8")
    note = message.named("NTE")[0]
    assert (note.text(3) if meant == "" else note.whole(3)) == meant


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r",
        b"hello",
        b"MSH",
        b"MSH|",
        b"MSH|^~",
        b"MSH|||||",
        b"MSH|^^^^|a",
        b"MSHxyz",
        b"PID|1",
        b"MSH|^~\\&",
        b"\x00\xff",
    ],
)
def test_what_is_no_message_is_refused_with_msh(data: bytes) -> None:
    if data == b"MSH|^~\\&":
        assert read_message(data, default="utf-8").header.text(10) == ""
        return
    with pytest.raises(Hl7Error) as refused:
        read_message(data, default="utf-8")
    assert refused.value.location.startswith("MSH")


def test_a_message_of_delimiters_is_not_taken_apart() -> None:
    with pytest.raises(Hl7Error, match="parts"):
        _read("PID" + "|" * 60_000)


@settings(max_examples=200)
@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    for one in (data, b"MSH|^~\\&|" + data):
        read_header(one)
        with contextlib.suppress(Hl7Error):
            read_message(one, default="iso-2022-jp")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_what_we_write_another_library_reads(text: str) -> None:
    line = write_segment("NTE", f1="1", f3=escape(text))
    split = hl7.parse(f"{_HEAD}\r{line}")
    raw = str(split.segments("NTE")[0][3]) if text.strip() else ""
    ours = read_message(f"{_HEAD}\r{line}".encode(), default="utf-8").named("NTE")[0].whole(3)
    assert ours == text.strip()
    assert all(mark not in raw for mark in "^~&")


def test_control_characters_of_a_text_reach_neither_side() -> None:
    assert escape("a\x0b\x1cb\r\nc\td") == "ab\\.br\\c\td"
    assert read_message(f"{_HEAD}\rNTE|1||a\x01\x1bb".encode(), default="utf-8").named("NTE")[0].whole(3) == "ab"
