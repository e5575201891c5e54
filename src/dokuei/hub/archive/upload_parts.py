"""A multipart request body, part by part into files, however large it is (RFC 2387; PS3.18 8.6.1.2)."""

from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import BinaryIO, Final
from uuid import uuid4

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser

from dokuei.errors import RequestError, TruncatedError, UnsupportedError
from dokuei.storage.filesystem import disk_full_told

_PHASE: Final = "reading the upload"
_LONGEST_BOUNDARY: Final = 70
_MOST_HEADERS: Final = 16
_LONGEST_PREAMBLE: Final = 64 << 10


@dataclass(frozen=True)
class Part:
    """One part of a request body, in a file."""

    path: Path
    content_type: str


class PartsReader:
    """Feeds a body to files in ``folder``; ``done`` is called with each finished part, in the feeding thread."""

    def __init__(self, folder: Path, boundary: str, done: Callable[[Part], None]) -> None:
        self._folder = folder
        self._done = done
        self._headers: dict[str, str] = {}
        self._name = self._value = b""
        self._file: BinaryIO | None = None
        self._path = folder
        self._ended = False
        self._parts = 0
        self._delimiter = b"--" + boundary.encode("ascii")
        self._preamble: bytes | None = b""
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._on_name,
                "on_header_value": self._on_value,
                "on_header_end": self._on_header,
                "on_part_data": self._on_data,
                "on_part_end": self._finish,
                "on_end": self._on_end,
            },
            max_header_count=_MOST_HEADERS,
        )

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the body.

        Raises:
            RequestError: this is no multipart body with that boundary.
            DiskFullError: no room for the parts.
        """
        if self._preamble is not None:
            data = self._behind_preamble(self._preamble + data)
        try:
            with disk_full_told():
                self._parser.write(data)
        except MultipartParseError as error:
            raise RequestError("the body is no multipart message", phase=_PHASE) from error

    def close(self) -> None:
        """The body is over.

        Raises:
            TruncatedError: before its last boundary.
            RequestError: there was no part in it.
        """
        self.discard()
        if not self._ended:
            raise TruncatedError("the body ends before its last boundary", phase=_PHASE, remedy="send it again")
        if not self._parts:
            raise RequestError("the body has no parts", phase=_PHASE, remedy="send each object as a part")

    def discard(self) -> None:
        """Let go of a part that is not finished."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _behind_preamble(self, data: bytes) -> bytes:
        """What comes from the first boundary on; text before it means nothing (RFC 2046 5.1.1)."""
        if data.startswith(self._delimiter):
            self._preamble = None
            return data
        at = data.find(b"\r\n" + self._delimiter)
        if at >= 0:
            self._preamble = None
            return data[at + len(b"\r\n") :]
        if len(data) > _LONGEST_PREAMBLE:
            raise RequestError("the body does not begin with its boundary", phase=_PHASE)
        self._preamble = data
        return b""

    def _begin(self) -> None:
        self._parts += 1
        self._headers = {}
        self._path = self._folder / uuid4().hex
        self._file = self._path.open("wb")

    def _on_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header(self) -> None:
        self._headers[self._name.decode("latin-1").lower()] = self._value.decode("latin-1").strip()
        self._name = self._value = b""

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._file.write(memoryview(data)[start:end])

    def _finish(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
            self._done(Part(self._path, self._headers.get("content-type", "application/dicom")))

    def _on_end(self) -> None:
        self._ended = True


def boundary_of(content_type: str | None, *, expected_type: str) -> str:
    """The boundary of a ``multipart/related`` request whose parts are what is expected.

    Raises:
        UnsupportedError: another media type (415).
        RequestError: no usable boundary.
    """
    message = Message()
    message["Content-Type"] = content_type or ""
    parts_are = str(message.get_param("type", expected_type)).lower()
    if message.get_content_type() != "multipart/related" or parts_are != expected_type:
        raise UnsupportedError(
            "the body is not of a media type that is taken",
            phase=_PHASE,
            remedy=f'send multipart/related; type="{expected_type}"',
        )
    boundary = str(message.get_param("boundary", ""))
    if not 0 < len(boundary) <= _LONGEST_BOUNDARY or not boundary.isascii():
        raise RequestError("the media type has no usable boundary", phase=_PHASE)
    return boundary
