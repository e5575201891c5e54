"""The head of a Part 10 file: preamble, prefix and file meta information (PS3.10 7.1)."""

from struct import Struct
from typing import Final

from dokuei.dicom import uids
from dokuei.dicom.elements import EXPLICIT_LITTLE, Buffer, Walk
from dokuei.errors import DokueiError

PREFIX_AT: Final = 128
PREFIX: Final = b"DICM"
START: Final = PREFIX_AT + len(PREFIX)

_SHORT: Final = Struct("<HH2sH")
_LONG: Final = Struct("<HH2sHL")
_GROUP_LENGTH: Final = Struct("<HH2sHL")

CLASS = 0x00020002
INSTANCE = 0x00020003
TRANSFER_SYNTAX = 0x00020010
SOURCE_AE = 0x00020016
SENDING_AE = 0x00020017
RECEIVING_AE = 0x00020018
CARRIED: Final = (SOURCE_AE, SENDING_AE, RECEIVING_AE)


def _text(tag: int, vr: bytes, value: str) -> bytes:
    raw = value.encode("ascii", "replace")
    if len(raw) % 2:
        raw += b"\0" if vr == b"UI" else b" "
    return _SHORT.pack(tag >> 16, tag & 0xFFFF, vr, len(raw)) + raw


def build_meta(
    *,
    sop_class_uid: str,
    sop_instance_uid: str,
    transfer_syntax_uid: str,
    application_entities: dict[int, str] | None = None,
) -> bytes:
    """Preamble, prefix and group 0002, equal for equal input: no time and no release stands in it."""
    group = b"".join(
        (
            _LONG.pack(2, 1, b"OB", 0, 2) + b"\x00\x01",
            _text(CLASS, b"UI", sop_class_uid),
            _text(INSTANCE, b"UI", sop_instance_uid),
            _text(TRANSFER_SYNTAX, b"UI", transfer_syntax_uid),
            _text(0x00020012, b"UI", uids.IMPLEMENTATION_CLASS_UID),
            _text(0x00020013, b"SH", uids.IMPLEMENTATION_VERSION_NAME),
            *(_text(tag, b"AE", title[:16]) for tag, title in sorted((application_entities or {}).items()) if title),
        )
    )
    return bytes(PREFIX_AT) + PREFIX + _GROUP_LENGTH.pack(2, 0, b"UL", 4, len(group)) + group


def parse_meta(buffer: Buffer, size: int) -> tuple[dict[int, bytes], int]:
    """Group 0002 as raw values, and where the data set starts; empty and 0 where there is no such group.

    The group's own length is not believed: writers get it wrong, and the group ends where another one starts.
    """
    start = START if bytes(buffer[PREFIX_AT:START]) == PREFIX else 0
    found: dict[int, bytes] = {}
    position = start
    walk = Walk(buffer, size)
    while position + 8 <= size and bytes(buffer[position : position + 2]) == b"\x02\x00":
        try:
            tag, _, value, length = walk.header(position, size, EXPLICIT_LITTLE)
        except DokueiError:
            break
        if value + length > size:
            break
        found[tag] = bytes(buffer[value : value + length])
        position = value + length
    return found, position


def text_of(values: dict[int, bytes], tag: int) -> str:
    """A raw value of group 0002 as text without its padding."""
    return values.get(tag, b"").rstrip(b"\0 ").decode("ascii", "replace").strip()
