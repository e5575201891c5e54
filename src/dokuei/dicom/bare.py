"""Encoded frames without what stands beside their pixels: comments, application data, bytes after their end.

Frames that are kept as they came leave so under a pseudonym. No coded cell is touched: of JPEG and JPEG-LS whole
segments are left out (ISO/IEC 10918-1 B.1.1), of JPEG 2000 comments are blanked, so that no length changes
(ISO/IEC 15444-1 A.9.2). What cannot be looked through so is refused.
"""

import re
import zlib
from struct import unpack_from
from typing import Final

from dokuei.dicom import uids
from dokuei.dicom.codestream import CodestreamError
from dokuei.dicom.pixels import PixelDescription

_START_OF_IMAGE: Final = b"\xff\xd8"
_END_OF_IMAGE: Final = b"\xff\xd9"
_SCAN: Final = 0xDA
_APPLICATIONS: Final = range(0xE0, 0xF0)
_COMMENT: Final = 0xFE
_AFTER_SCAN: Final = re.compile(rb"\xff[\x80-\xcf\xd8-\xfe]")
"""A marker behind coded cells; FF 00 (JPEG), FF and less than 80 (JPEG-LS) and restarts are cells."""
_COLOURS: Final = {0xE0: (b"JFIF\0", 12), 0xE8: (b"mrfx", 5), 0xEE: (b"Adobe", 12)}
"""What decoders ask for colours: how it begins, and how long it is without a thumbnail."""

_CODESTREAM: Final = b"\xff\x4f\xff\x51"
_TILE_PART: Final = b"\xff\x90"
_TILE_DATA: Final = b"\xff\x93"
_J2K_COMMENT: Final = b"\xff\x64"
_END_OF_CODESTREAM: Final = b"\xff\xd9"


def bare_frame(data: bytes, description: PixelDescription, transfer_syntax_uid: str) -> bytes:
    """The frame alone, of an even length (PS3.5 A.4).

    Raises:
        CodestreamError: it cannot be looked through.
    """
    if transfer_syntax_uid == uids.ENCAPSULATED_UNCOMPRESSED:
        bare = data[: description.frame_bytes]
    elif transfer_syntax_uid == uids.DEFLATED_FRAMES:
        bare = _deflated(data)
    elif data.startswith(_START_OF_IMAGE):
        bare = _jpeg(data)
    elif data.startswith(_CODESTREAM):
        bare = _jpeg_2000(data)
    else:
        raise CodestreamError("nobody can say where its frames end")
    return bare + b"\0" if len(bare) % 2 else bare


def _deflated(data: bytes) -> bytes:
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    rest = data
    try:
        while rest and not machine.eof:
            machine.decompress(rest, 1 << 20)
            rest = machine.unconsumed_tail
    except zlib.error as error:
        raise CodestreamError("a deflated frame cannot be inflated") from error
    return data[: len(data) - len(machine.unused_data)]


def _jpeg(data: bytes) -> bytes:
    """JPEG or JPEG-LS up to its end, without what describes anything else than cells and their colours."""
    kept = [_START_OF_IMAGE]
    position = len(_START_OF_IMAGE)
    while True:
        while data[position : position + 2] == b"\xff\xff":  # fill bytes
            position += 1
        if data.startswith(_END_OF_IMAGE, position):
            return b"".join((*kept, _END_OF_IMAGE))
        end = _end_of_segment(data, position)
        kept.append(_segment(data[position + 1], data[position:end]))
        if data[position + 1] == _SCAN:
            after = _AFTER_SCAN.search(data, end)
            if after is None:
                raise CodestreamError("its JPEG has no end")
            kept.append(data[end : after.start()])
            end = after.start()
        position = end


def _segment(marker: int, segment: bytes) -> bytes:
    if marker == _COMMENT:
        return b""
    if marker not in _APPLICATIONS:
        return segment
    begins, length = _COLOURS.get(marker, (b"", 0))
    payload = segment[4 : 4 + length]
    if not begins or not payload.startswith(begins) or len(payload) < length:
        return b""
    if marker == _APPLICATIONS.start:
        payload += b"\0\0"  # no thumbnail
    return segment[:2] + (len(payload) + 2).to_bytes(2, "big") + payload


def _end_of_segment(data: bytes, position: int) -> int:
    head = data[position : position + 4]
    length = int.from_bytes(head[2:], "big")
    end = position + 2 + length
    if len(head) < 4 or head[0] != 0xFF or length < 2 or end > len(data):  # noqa: PLR2004 - a marker and its length
        raise CodestreamError("its segments cannot be told apart")
    return end


def _jpeg_2000(data: bytes) -> bytes:
    """A codestream up to its end, its comments blanked."""
    frame = bytearray(data)
    position = _blank(frame, data, 2, _TILE_PART)
    while data.startswith(_TILE_PART, position):
        _end_of_segment(data, position)
        length = unpack_from(">L", data, position + 6)[0]
        body = _blank(frame, data, position, _TILE_DATA)
        position = position + length if length else data.find(_END_OF_CODESTREAM, body)
        if not body <= position <= len(data):
            raise CodestreamError("its tile-parts cannot be told apart")
    if data.startswith(_END_OF_CODESTREAM, position):
        return bytes(frame[: position + len(_END_OF_CODESTREAM)])
    if data[position:].strip(b"\0"):
        raise CodestreamError("something stands behind its last tile-part")
    return bytes(frame[:position])


def _blank(frame: bytearray, data: bytes, position: int, until: bytes) -> int:
    """Where the marker ``until`` stands; the comments before it are blanked."""
    while not data.startswith(until, position):
        end = _end_of_segment(data, position)
        if data.startswith(_J2K_COMMENT, position):
            frame[position + 6 : end] = b" " * (end - position - 6)
        position = end
    return position
