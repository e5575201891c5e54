"""Large values by their address: found at once, read as they go out, so that no value is ever whole in memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dokuei.dicom.dataset import DataSet
from dokuei.dicom.dicom_json import element_at
from dokuei.dicom.native import native_length, pixel_data
from dokuei.dicom.pixels import find_pixel_data
from dokuei.dicom.stored import Stored, open_stored

_PIECE: Final = 1 << 20
_DOCUMENT: Final = "00420011"
_MIME_TYPE: Final = 0x00420012
_DOCUMENT_LENGTH: Final = 0x00420015
_OCTETS: Final = "application/octet-stream"
# Documents that a browser shows without running what is inside; any other goes out as octets.
_INERT: Final = frozenset({"application/pdf", "model/stl", "model/obj", "model/mtl", "application/sla"})


@dataclass(frozen=True)
class BulkData:
    """One value of a coded file; ``start`` is where it stands, None for pixel data, which is told natively.

    ``media_type`` is what an encapsulated document says of itself, and ``document_length`` its length without padding.
    """

    path: Path
    start: int | None
    length: int
    media_type: str = _OCTETS
    document_length: int = 0

    def pieces(self, first: int, length: int) -> Iterator[bytes]:
        """``length`` bytes from byte ``first``, a frame or a megabyte at a time.

        Raises:
            NotAcceptableError: the pixel data cannot be decoded here.
            ProofError: a frame is not what it was.
        """
        with open_stored(self.path) as stored:
            if self.start is None:
                yield from pixel_data(stored, first=first, length=length)
                return
            end = self.start + first + length
            for at in range(self.start + first, end, _PIECE):
                yield bytes(stored.data_set.source.pixels(at, min(at + _PIECE, end)))


def find_bulk(path: Path, attribute_path: str) -> BulkData:
    """The value behind a ``BulkDataURI``.

    Raises:
        NotFoundError: no such value.
    """
    with open_stored(path) as stored:
        if _is_pixel_data(stored, attribute_path):
            return BulkData(path, None, native_length(stored))
        element = element_at(stored.data_set, attribute_path)
        start, length = element.value, element.end - element.value
        if attribute_path != _DOCUMENT:
            return BulkData(path, start, length)
        return BulkData(path, start, length, *_document(stored.data_set, length))


def _is_pixel_data(stored: Stored, attribute_path: str) -> bool:
    pixels = find_pixel_data(stored.data_set)
    return pixels is not None and stored.description is not None and attribute_path == f"{pixels.tag:08X}"


def _document(data_set: DataSet, length: int) -> tuple[str, int]:
    said = data_set.text(_MIME_TYPE).lower()
    own = data_set.integer(_DOCUMENT_LENGTH, length)
    return (said if said in _INERT else _OCTETS), own if 0 < own <= length else length
