"""What coding must change in a header, and how the change is recorded (PS3.3 C.12.1.1.9, PS3.5 8.2)."""

from datetime import UTC, datetime
from struct import Struct
from typing import Final

from dokuei.dicom.block import ORIGINAL_ATTRIBUTES
from dokuei.dicom.content import explicit_element
from dokuei.dicom.dataset import DataSet, value_of
from dokuei.dicom.keep import RGB_CELLS
from dokuei.dicom.pixels import PHOTOMETRIC, PLANAR, PixelDescription
from dokuei.dicom.rewrite import explicit_head

MODIFYING_SYSTEM: Final = "dokuei"
_ITEM: Final = Struct("<HHL")
_MODIFIED_ATTRIBUTES: Final = 0x04000550
_MODIFICATION_TIME: Final = 0x04000562
_MODIFYING_SYSTEM: Final = 0x04000563
_SOURCE_OF_PREVIOUS: Final = 0x04000564
_REASON: Final = 0x04000565


def coercions(
    data_set: DataSet, description: PixelDescription, moment: datetime
) -> tuple[dict[int, bytes], dict[int, bytes]]:
    """The elements of the coded header that stand for others, and those others as they came.

    RGB becomes YBR_RCT, since .202 codes it with the reversible transform, and colour by plane becomes by pixel.
    """
    changed: dict[int, bytes] = {}
    if description.samples > 1:
        if description.photometric in RGB_CELLS and data_set.text(PHOTOMETRIC) != "YBR_RCT":
            changed[PHOTOMETRIC] = _element(PHOTOMETRIC, "CS", b"YBR_RCT ")
        if data_set.raw(PLANAR) != b"\0\0":
            changed[PLANAR] = _element(PLANAR, "US", b"\0\0")
    if not changed:
        return data_set.overrides, {}
    originals = {tag: explicit_element(data_set, tag) for tag in (*changed, ORIGINAL_ATTRIBUTES)}
    before = b"".join(originals[tag] for tag in sorted(changed))
    changed[ORIGINAL_ATTRIBUTES] = _appended(originals[ORIGINAL_ATTRIBUTES], _record(before, moment))
    return data_set.overrides | changed, originals


def _element(tag: int, vr: str, value: bytes) -> bytes:
    return explicit_head(tag, vr, len(value)) + value


def _item(content: bytes) -> bytes:
    return _ITEM.pack(0xFFFE, 0xE000, len(content)) + content


def _record(before: bytes, moment: datetime) -> bytes:
    """One item of the Original Attributes Sequence."""
    at = moment.astimezone(UTC).strftime("%Y%m%d%H%M%S.%f+0000").encode()
    return _item(
        _element(_MODIFIED_ATTRIBUTES, "SQ", _item(before))
        + _element(_MODIFICATION_TIME, "DT", at)
        + _element(_MODIFYING_SYSTEM, "LO", MODIFYING_SYSTEM.encode())
        + _element(_SOURCE_OF_PREVIOUS, "LO", b"")
        + _element(_REASON, "CS", b"COERCE")
    )


def _appended(existing: bytes, item: bytes) -> bytes:
    """The sequence with one more item, in defined length."""
    content = value_of(existing)
    if existing and existing[8:12] == b"\xff\xff\xff\xff":
        content = content[:-8]
    return _element(ORIGINAL_ATTRIBUTES, "SQ", content + item)
