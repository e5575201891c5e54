"""The bounded walk."""

from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokuei.dicom.elements import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, Walk, name_of, vr_of
from dokuei.errors import AdmissionError, NotDicomError, TooLargeError, TruncatedError
from tests.makers.objects import element, item

UNDEFINED = 0xFFFFFFFF


def _tags(data: bytes) -> list[tuple[int, str, bytes]]:
    return [(one.tag, one.vr, data[one.value : one.end]) for one in Walk(data).elements(0, len(data), EXPLICIT_LITTLE)]


def test_elements_are_found_in_order_with_their_values() -> None:
    data = element(0x00080060, "CS", b"MR") + element(0x00091001, "UN", b"abc") + element(0x00280010, "US", b"\x08\0")
    assert _tags(data) == [(0x00080060, "CS", b"MR"), (0x00091001, "UN", b"abc"), (0x00280010, "US", b"\x08\0")]


def test_a_sequence_of_undefined_length_is_one_element() -> None:
    inside = item(element(0x00080060, "CS", b"MR"), UNDEFINED) + item(element(0x00080060, "CS", b"CT"))
    data = element(0x00081140, "SQ", inside + b"\xfe\xff\xdd\xe0\0\0\0\0", UNDEFINED) + element(0x00100020, "LO", b"1 ")
    assert _tags(data) == [(0x00081140, "SQ", inside), (0x00100020, "LO", b"1 ")]


def test_unknown_values_of_undefined_length_hold_implicit_items() -> None:
    """PS3.5 6.2.2 Note 4."""
    inside = item(pack("<HHL", 8, 0x60, 2) + b"MR", UNDEFINED) + b"\xfe\xff\xdd\xe0\0\0\0\0"
    assert _tags(element(0x00091001, "UN", inside, UNDEFINED))[0][1] == "SQ"


def test_big_endian_and_implicit_headers_are_read() -> None:
    big = pack(">HH2sH", 0x28, 0x10, b"US", 2) + b"\0\x08"
    assert next(Walk(big).elements(0, len(big), EXPLICIT_BIG)).tag == 0x00280010
    implicit = pack("<HHL", 0x28, 0x10, 2) + b"\x08\0"
    assert next(Walk(implicit).elements(0, len(implicit), IMPLICIT_LITTLE)).vr == "US"


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"\x08\0\x60", TruncatedError),
        (element(0x00080060, "CS", b"MR", 4), TruncatedError),
        (element(0x00091001, "OB", b"", UNDEFINED), TruncatedError),
        (element(0x00081140, "SQ", b"", UNDEFINED) + element(0x00080060, "CS", b"MR"), NotDicomError),
    ],
)
def test_bytes_that_are_not_what_they_say_are_refused(data: bytes, error: type[AdmissionError]) -> None:
    with pytest.raises(error):
        list(Walk(data).elements(0, len(data), EXPLICIT_LITTLE))


def test_depth_is_bounded_without_recursion_errors() -> None:
    deep = (element(0x00081140, "SQ", b"", UNDEFINED) + item(b"", UNDEFINED)[:8]) * 100_000
    with pytest.raises(TooLargeError):
        list(Walk(deep).elements(0, len(deep), EXPLICIT_LITTLE))


@pytest.mark.parametrize(
    ("tag", "vr"),
    [
        (0x00100010, "PN"),
        (0x60000010, "US"),
        (0x60020010, "US"),
        (0x00090010, "LO"),
        (0x00091001, "UN"),
        (0x00080000, "UL"),
        (0x00084321, "UN"),
        (0x00280106, "US or SS"),
    ],
)
def test_value_representations_come_from_the_dictionary(tag: int, vr: str) -> None:
    assert vr_of(tag) == vr


def test_tags_are_named_as_people_write_them() -> None:
    assert name_of(0x7FE00010) == "(7FE0,0010)"


@given(st.binary(max_size=300))
def test_any_bytes_are_walked_or_refused(data: bytes) -> None:
    for encoding in (EXPLICIT_LITTLE, IMPLICIT_LITTLE, EXPLICIT_BIG):
        try:
            found = list(Walk(data).elements(0, len(data), encoding))
        except AdmissionError:
            continue
        assert all(one.value <= one.end <= one.next <= len(data) for one in found)
