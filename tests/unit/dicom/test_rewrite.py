"""One data set in every encoding: the same content digest, the same values, nothing lost."""

import io
from typing import Any

import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset

from dokuei.dicom.elements import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, Encoding, Walk
from dokuei.dicom.rewrite import Rewriter, explicit_head, resolve_vr, swap
from dokuei.errors import AdmissionError

ENCODINGS = [EXPLICIT_LITTLE, IMPLICIT_LITTLE, EXPLICIT_BIG]

_VALUES: dict[int, st.SearchStrategy[Any]] = {
    0x00080060: st.sampled_from(["MR", "CT", ""]),
    0x00100010: st.text("ABC^ ", max_size=20).map(str.strip),
    0x00181050: st.floats(0, 9, width=32).map(lambda value: f"{value:.3f}"),
    0x00280010: st.integers(0, 65535),
    0x00280106: st.integers(0, 32767),
    0x00280009: st.just(0x00181063),
    0x00189087: st.floats(allow_nan=False),
    0x00186018: st.integers(0, 2**32 - 1),
    0x00189804: st.just(""),
    0x00080041: st.text("xyz ", max_size=30).map(str.strip),
}


def _data_set(values: dict[int, Any]) -> Dataset:
    data_set = Dataset()
    for tag, value in values.items():
        data_set.add_new(tag, pydicom.datadict.dictionary_VR(tag).split(" or ", maxsplit=1)[0], value)
    return data_set


_FLAT = st.fixed_dictionaries({}, optional=_VALUES).map(_data_set)


def _with_sequence(inner: st.SearchStrategy[Dataset]) -> st.SearchStrategy[Dataset]:
    def build(outer: Dataset, items: list[Dataset], *, undefined: bool) -> Dataset:
        outer.add_new(0x00081140, "SQ", items)
        outer[0x00081140].is_undefined_length = undefined
        for one in items:
            one.is_undefined_length_sequence_item = undefined
        return outer

    return st.builds(build, _FLAT, st.lists(inner, max_size=3), undefined=st.booleans())


DATA_SETS = st.recursive(_FLAT, _with_sequence, max_leaves=4)


def _encoded(data_set: Dataset, encoding: Encoding) -> bytes:
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = encoding.little, not encoding.explicit
    write_dataset(buffer, data_set)
    return buffer.getvalue()


def _rewritten(data: bytes, encoding: Encoding, *, canonical: bool) -> bytes:
    walk = Walk(data)
    rewriter = Rewriter(walk, encoding, signed=False, canonical=canonical)
    elements = list(walk.elements(0, len(data), encoding))
    return b"".join(piece for element in elements for piece in rewriter.element(element))


@settings(deadline=None)
@given(DATA_SETS)
def test_the_canonical_form_is_one_for_every_encoding(data_set: Dataset) -> None:
    forms = {_rewritten(_encoded(data_set, encoding), encoding, canonical=True) for encoding in ENCODINGS}
    assert len(forms) == 1


@settings(deadline=None)
@given(DATA_SETS)
def test_explicit_little_endian_keeps_every_value(data_set: Dataset) -> None:
    for encoding in ENCODINGS:
        explicit = _rewritten(_encoded(data_set, encoding), encoding, canonical=False)
        found = pydicom.dcmread(io.BytesIO(explicit), force=True)
        assert found.to_json_dict() == data_set.to_json_dict()


@settings(deadline=None)
@given(DATA_SETS, st.data())
def test_damaged_bytes_are_rewritten_or_refused(data_set: Dataset, data: st.DataObject) -> None:
    encoding = data.draw(st.sampled_from(ENCODINGS))
    raw = bytearray(_encoded(data_set, encoding))
    if raw:
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    for canonical in (True, False):
        try:
            assert isinstance(_rewritten(bytes(raw), encoding, canonical=canonical), bytes)
        except AdmissionError as refusal:
            assert refusal.remedy  # noqa: PT017 - either outcome is right


def test_a_large_value_is_rewritten_in_pieces_and_whole() -> None:
    value = bytes(range(256)) * (40 << 10)
    data = explicit_head(0x00091001, "OW", len(value)) + value
    assert _rewritten(data, EXPLICIT_LITTLE, canonical=False) == data
    odd = explicit_head(0x00091001, "OB", len(value) - 1) + value[:-1]
    canonical = _rewritten(odd, EXPLICIT_LITTLE, canonical=True)
    assert canonical[8:] == value[:-1] + b"\0"


def test_a_short_form_that_cannot_hold_a_value_becomes_unknown() -> None:
    """PS3.5 6.2.2 Note 7."""
    assert explicit_head(0x00081030, "LO", 70_000)[4:6] == b"UN"


@pytest.mark.parametrize(
    ("tag", "vr", "signed", "settled"),
    [
        (0x00280106, "US or SS", False, "US"),
        (0x00280106, "US or SS", True, "SS"),
        (0x00283006, "US or OW", False, "OW"),
        (0x7FE00010, "OB or OW", False, "OW"),
        (0x00080060, "CS", True, "CS"),
    ],
)
def test_ambiguous_value_representations_are_settled(
    tag: int,
    vr: str,
    signed: bool,  # noqa: FBT001 - a case
    settled: str,
) -> None:
    assert resolve_vr(tag, vr, signed=signed) == settled


def test_bytes_that_are_no_whole_number_are_left_in_place() -> None:
    assert swap(b"\x01\x02\x03", 2) == b"\x02\x01\x03"


def test_numbers_of_any_width_are_turned_and_a_rest_stays() -> None:
    assert swap(b"abcdef", 3) == b"cbafed"
    assert swap(b"abcdefgh", 3) == b"cbafedgh"
    assert swap(b"abcde", 2) == b"badce"
