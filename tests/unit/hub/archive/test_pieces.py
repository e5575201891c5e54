"""Byte ranges, joined gzip pieces, the bounded cache and multipart messages."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokuei.errors import RequestError, UnsupportedError
from dokuei.hub.archive.answer_parts import AnswerPart, multipart
from dokuei.hub.archive.byte_ranges import ByteRange, read_range
from dokuei.hub.archive.gzip_pieces import joined, piece
from dokuei.hub.archive.recent import Recent
from dokuei.hub.archive.upload_parts import boundary_of


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (None, None),
        ("bytes=0-9", ByteRange(0, 10, 100)),
        ("bytes=90-", ByteRange(90, 10, 100)),
        ("bytes=90-1000", ByteRange(90, 10, 100)),
        ("bytes=-10", ByteRange(90, 10, 100)),
        ("bytes=-1000", ByteRange(0, 100, 100)),
        ("bytes=100-", ByteRange(0, 0, 100)),
        ("bytes=-0", ByteRange(0, 0, 100)),
        ("bytes=9-3", None),
        ("bytes=0-1,4-5", None),
        ("lines=0-9", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
    ],
)
def test_a_range_is_read_as_rfc_9110_says(asked: str | None, expected: ByteRange | None) -> None:
    assert read_range(asked, 100) == expected


def test_a_range_says_where_it_lies_or_how_long_the_whole_is() -> None:
    assert ByteRange(10, 5, 100).header == "bytes 10-14/100"
    assert ByteRange(0, 0, 100).header == "bytes */100"


@given(st.lists(st.binary(max_size=3000), max_size=6))
def test_pieces_compressed_apart_unpack_as_one(parts: list[bytes]) -> None:
    assert gzip.decompress(joined([piece(part) for part in parts])) == b"".join(parts)


def test_the_longest_unused_goes_first_and_what_is_too_heavy_is_not_held() -> None:
    recent: Recent[str, int] = Recent(10)
    recent.put("a", 1, weight=4)
    recent.put("b", 2, weight=4)
    assert recent.get("a") == 1
    recent.put("c", 3, weight=4)
    assert (recent.get("a"), recent.get("b"), recent.get("c")) == (1, None, 3)
    recent.put("a", 4, weight=11)
    assert recent.get("a") is None
    recent.forget("c")
    recent.put("d", 5, weight=10)
    assert recent.get("d") == 5


def test_a_multipart_message_has_every_part_with_its_head() -> None:
    parts = [AnswerPart("text/plain", "/a", 3, [b"ab", b"c"]), AnswerPart("text/plain", "/b", None, [b"d"])]
    assert b"".join(multipart("B", parts)) == (
        b"--B\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nContent-Location: /a\r\n\r\nabc\r\n"
        b"--B\r\nContent-Type: text/plain\r\nContent-Location: /b\r\n\r\nd\r\n--B--\r\n"
    )


def test_an_upload_names_its_boundary_and_what_its_parts_are() -> None:
    good = 'multipart/related; type="application/dicom"; boundary="a b"'
    assert boundary_of(good, expected_type="application/dicom") == "a b"
    for wrong in (None, "application/dicom", 'multipart/related; type="application/dicom+json"; boundary=x'):
        with pytest.raises(UnsupportedError):
            boundary_of(wrong, expected_type="application/dicom")
    for wrong in ("multipart/related", f"multipart/related; boundary={'x' * 71}"):
        with pytest.raises(RequestError):
            boundary_of(wrong, expected_type="application/dicom")
