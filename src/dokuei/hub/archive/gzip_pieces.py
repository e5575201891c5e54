"""A gzip stream put together from pieces that were compressed earlier (RFC 1951, RFC 1952).

A study's metadata is its series' metadata one after the other: when one series grows, only its piece is made again.
Each piece ends on a byte boundary with an empty window behind it, so pieces may follow each other in any order.
"""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_END = b"\x03\x00"
_POLYNOMIAL = 0xEDB88320
_TOP = 1 << 31


@dataclass(frozen=True)
class Piece:
    """Deflated bytes with the checksum and length of what they were."""

    deflated: bytes
    crc: int
    length: int


def piece(data: bytes, *, level: int = 6) -> Piece:
    """Compress one piece."""
    compressor = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    deflated = compressor.compress(data) + compressor.flush(zlib.Z_FULL_FLUSH)
    return Piece(deflated, zlib.crc32(data), len(data))


def joined(pieces: Iterable[Piece]) -> bytes:
    """One gzip member that holds the pieces in order."""
    crc, length = 0, 0
    parts = [_HEADER]
    for one in pieces:
        parts.append(one.deflated)
        crc = _combined(crc, one.crc, one.length)
        length += one.length
    return b"".join((*parts, _END, struct.pack("<LL", crc, length & 0xFFFFFFFF)))


def _combined(first: int, second: int, second_length: int) -> int:
    """The CRC-32 of two byte strings from those of each: shift the first past the second, then add."""
    shift, power = _TOP, _multiplied(_TOP >> 4, _TOP >> 4)  # x^0, and x^8: one byte
    while second_length:
        if second_length & 1:
            shift = _multiplied(shift, power)
        power = _multiplied(power, power)
        second_length >>= 1
    return _multiplied(shift, first) ^ second


def _multiplied(a: int, b: int) -> int:
    """The product of two polynomials modulo CRC-32's, bits reflected."""
    product = 0
    mask = _TOP
    while mask:
        if a & mask:
            product ^= b
        mask >>= 1
        b = b >> 1 ^ (_POLYNOMIAL if b & 1 else 0)
    return product
