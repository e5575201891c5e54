"""Values of data elements as JSON knows them: numbers, text, names in groups (PS3.18 F.2.3, PS3.5 6.2)."""

import math
from collections.abc import Callable
from functools import lru_cache
from struct import Struct
from typing import Any, Final

from pydicom.datadict import private_dictionary_VR

from dokuei.dicom.text import decode

Convert = Callable[[bytes, tuple[str, ...]], list[Any]]

_GROUPS: Final = ("Alphabetic", "Ideographic", "Phonetic")
_PADDING: Final = " \0"


def _text(raw: bytes, encodings: tuple[str, ...]) -> list[Any]:
    """One value; backslashes are text (PS3.5 6.2: LT, ST, UT, UR)."""
    return [decode(raw, encodings).rstrip(_PADDING)]


def _texts(raw: bytes, encodings: tuple[str, ...]) -> list[Any]:
    return [value.rstrip(_PADDING) or None for value in decode(raw, encodings).split("\\")]


def _plain(raw: bytes, _: tuple[str, ...]) -> list[Any]:
    return [value.rstrip(_PADDING) or None for value in decode(raw).split("\\")]


def _stripped(raw: bytes, _: tuple[str, ...]) -> list[Any]:
    return [value.strip(_PADDING) or None for value in decode(raw).split("\\")]


def _names(raw: bytes, encodings: tuple[str, ...]) -> list[Any]:
    return [_name(value) for value in decode(raw, encodings).rstrip(_PADDING).split("\\")]


def _name(value: str) -> dict[str, str] | None:
    groups = zip(_GROUPS, (group.rstrip(_PADDING) for group in value.split("=")), strict=False)
    return {name: group for name, group in groups if group} or None


def _integers(raw: bytes, _: tuple[str, ...]) -> list[Any]:
    return [_integer(value) for value in decode(raw).split("\\")]


def _integer(value: str) -> int | str | None:
    text = value.strip(_PADDING)
    try:
        return int(text) if text else None
    except ValueError:
        number = _decimal(value)
        return int(number) if isinstance(number, float) and number.is_integer() else text


def _decimals(raw: bytes, _: tuple[str, ...]) -> list[Any]:
    return [_decimal(value) for value in decode(raw).split("\\")]


def _decimal(value: str) -> float | str | None:
    """A number; text that is none stays text, which the model allows for DS and IS."""
    text = value.strip(_PADDING)
    try:
        number = float(text) if text else None
    except ValueError:
        return text
    return text if number is not None and not math.isfinite(number) else number


def _tags(raw: bytes, _: tuple[str, ...]) -> list[Any]:
    return [f"{group:04X}{element:04X}" for group, element in Struct("<HH").iter_unpack(raw[: len(raw) // 4 * 4])]


def _numbers(code: str) -> Convert:
    unpacker = Struct(f"<{code}")
    width = unpacker.size

    def convert(raw: bytes, _: tuple[str, ...]) -> list[Any]:
        return [value for (value,) in unpacker.iter_unpack(raw[: len(raw) // width * width])]

    return convert


def _floats(code: str) -> Convert:
    numbers = _numbers(code)

    def convert(raw: bytes, encodings: tuple[str, ...]) -> list[Any]:
        return [value if math.isfinite(value) else _not_finite(value) for value in numbers(raw, encodings)]

    return convert


def _not_finite(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


CONVERT: Final[dict[str, Convert]] = {
    **dict.fromkeys(("LT", "ST", "UT", "UR"), _text),
    **dict.fromkeys(("LO", "SH", "UC"), _texts),
    **dict.fromkeys(("AS", "CS", "DA", "DT", "TM", "UI"), _plain),
    "AE": _stripped,
    "PN": _names,
    "IS": _integers,
    "DS": _decimals,
    "AT": _tags,
    "US": _numbers("H"),
    "SS": _numbers("h"),
    "UL": _numbers("L"),
    "SL": _numbers("l"),
    "UV": _numbers("Q"),
    "SV": _numbers("q"),
    "FL": _floats("f"),
    "FD": _floats("d"),
}
"""How the raw little endian bytes of each VR become JSON values; a VR that is not here is binary."""


@lru_cache(maxsize=4096)
def private_vr(tag: int, creator: str) -> str:
    """The VR that a maker gives a private element, so far as it is known; UN where it is not (PS3.5 7.8)."""
    try:
        return private_dictionary_VR(tag, creator)
    except KeyError:
        return "UN"
