"""What is written of an upload, and what never is again."""

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest

from dokuei.dicom.coded import CodedInstance
from dokuei.errors import DiskFullError
from dokuei.hub.gateways.uploads import Partials, Reception
from dokuei.transfer.chunks import piece
from tests.unit.hub.gateways.test_intake import ONE

_DATA = bytes(range(256)) * 40
_CODED = replace(ONE, sha256=hashlib.sha256(_DATA).hexdigest(), size=len(_DATA))


def _find(sha256: str) -> CodedInstance | None:
    return _CODED if sha256 == _CODED.sha256 else None


@pytest.fixture
def partials(tmp_path: Path) -> Partials:
    return Partials(tmp_path / "incoming")


def _piece(start: int, end: int, data: bytes = _DATA) -> bytes:
    return piece(_CODED.sha256, start, data[start:end])


def test_what_was_skipped_for_a_gap_is_taken_when_it_comes_from_where_it_ends(partials: Partials) -> None:
    """A line that is offered the whole length of what has just gone must not be deaf to what it sends instead."""
    upload = Reception(partials, "kita", _find)
    told = upload.feed([_piece(4000, 5000), _piece(5000, 6000)])
    assert told.unwanted == [_CODED.sha256]
    assert not partials.path("kita", _CODED.sha256).exists()
    told = upload.feed([_piece(0, len(_DATA))])
    assert (told.unwanted, told.whole) == ([], [_CODED])
    assert partials.is_whole("kita", _CODED)


def test_a_piece_behind_a_gap_in_the_middle_is_asked_for_again_once(partials: Partials) -> None:
    upload = Reception(partials, "kita", _find)
    told = upload.feed([_piece(0, 1000), _piece(2000, 3000), _piece(3000, 4000)])
    assert told.stored == {_CODED.sha256: 1000}
    assert told.unwanted == [_CODED.sha256]
    told = upload.feed([_piece(1000, len(_DATA))])
    assert told.whole == [_CODED]


def test_bytes_that_are_here_are_never_written_again(partials: Partials) -> None:
    """What was judged cannot be changed by another line that still holds the file open."""
    old, new = Reception(partials, "kita", _find), Reception(partials, "kita", _find)
    old.feed([_piece(0, 100)])
    new.feed([_piece(0, len(_DATA))])
    whole = partials.to_judge("kita", _CODED.sha256)
    old.feed([_piece(100, len(_DATA), bytes(len(_DATA)))])
    assert whole.read_bytes() == _DATA


def test_the_part_stays_while_the_archive_moves_what_it_judges(partials: Partials, tmp_path: Path) -> None:
    """A kill between the move and the row costs no byte: the object is whole here and only judged again."""
    Reception(partials, "kita", _find).feed([_piece(0, len(_DATA))])
    os.replace(partials.to_judge("kita", _CODED.sha256), tmp_path / "kept.dcm")  # noqa: PTH105 - as the store does
    assert partials.length("kita", _CODED.sha256) == len(_DATA)
    assert partials.to_judge("kita", _CODED.sha256).read_bytes() == _DATA
    partials.drop("kita", _CODED.sha256)
    assert list((tmp_path / "incoming" / "kita").iterdir()) == []


def test_an_upload_leaves_room_for_the_database(tmp_path: Path) -> None:
    with pytest.raises(DiskFullError):
        Reception(Partials(tmp_path / "incoming", keep_free=1 << 60), "kita", _find).feed([_piece(0, 10)])


def test_what_nobody_has_touched_for_long_is_found(partials: Partials) -> None:
    Reception(partials, "kita", _find).feed([_piece(0, 10)])
    written = partials.path("kita", _CODED.sha256).stat().st_mtime
    assert partials.untouched_since(written - 1) == []
    assert partials.untouched_since(written + 1) == [("kita", _CODED.sha256)]
