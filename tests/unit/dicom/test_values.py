"""Values as JSON."""

from struct import pack
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokuei.dicom.values import CONVERT, private_vr

UTF_8 = ("utf_8",)


@pytest.mark.parametrize(
    ("vr", "raw", "values"),
    [
        ("CS", b"ORIGINAL\\PRIMARY ", ["ORIGINAL", "PRIMARY"]),
        ("LO", b"a\\\\c ", ["a", None, "c"]),
        ("LT", b"a\\b ", ["a\\b"]),
        ("AE", b" AE1 ", ["AE1"]),
        ("IS", b"12\\-3 ", [12, -3]),
        ("IS", b"1.0 ", [1]),
        ("IS", b"x ", ["x"]),
        ("DS", b"0.5\\1e2 ", [0.5, 100.0]),
        ("DS", b"nan ", ["nan"]),
        ("DS", b" ", [None]),
        ("US", pack("<2H", 1, 65535), [1, 65535]),
        ("SL", pack("<l", -5), [-5]),
        ("AT", pack("<2H", 0x0018, 0x1063), ["00181063"]),
        ("FD", pack("<3d", 1.5, float("inf"), float("nan")), [1.5, "Infinity", "NaN"]),
        ("UI", b"1.2.3\0", ["1.2.3"]),
        (
            "PN",
            "Yamada^Tarou=山田^太郎=やまだ^たろう".encode(),
            [{"Alphabetic": "Yamada^Tarou", "Ideographic": "山田^太郎", "Phonetic": "やまだ^たろう"}],
        ),
        ("PN", "=山田".encode(), [{"Ideographic": "山田"}]),
        ("PN", b"A\\B ", [{"Alphabetic": "A"}, {"Alphabetic": "B"}]),
    ],
)
def test_values_become_json(vr: str, raw: bytes, values: list[Any]) -> None:
    assert CONVERT[vr](raw, UTF_8) == values


@given(st.sampled_from(sorted(CONVERT)), st.binary(max_size=64))
def test_any_bytes_become_json_of_some_kind(vr: str, raw: bytes) -> None:
    assert orjson.dumps(CONVERT[vr](raw, UTF_8))


def test_private_elements_have_their_makers_value_representation() -> None:
    assert private_vr(0x70531000, "Philips PET Private Group") == "DS"
    assert private_vr(0x00091001, "NOBODY KNOWN") == "UN"
