"""Which bytes a client asks for (RFC 9110 14), so that a preview may end exactly at a resolution."""

import re
from dataclasses import dataclass

_ONE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})\Z")


@dataclass(frozen=True)
class ByteRange:
    """First byte and number of bytes, inside a resource of a known size; no bytes: the range lies outside (416)."""

    start: int
    length: int
    size: int

    @property
    def header(self) -> str:
        """The Content-Range of the answer."""
        if not self.length:
            return f"bytes */{self.size}"
        return f"bytes {self.start}-{self.start + self.length - 1}/{self.size}"


def read_range(value: str | None, size: int) -> ByteRange | None:
    """The one range asked for; None for none, for several and for other units: all bytes are then sent."""
    found = _ONE.match(value.replace(" ", "")) if value else None
    if found is None or (not found[1] and not found[2]):
        return None
    if not found[1]:
        length = min(int(found[2]), size)
        start = size - length
    else:
        start = int(found[1])
        end = min(int(found[2]), size - 1) if found[2] else size - 1
        if found[2] and int(found[2]) < start:
            return None
        length = end - start + 1
    if length <= 0 or start >= size:
        return ByteRange(0, 0, size)
    return ByteRange(start, length, size)
