"""A MAC of an image, to be named in the report that rests on it (PS3.3 C.17.2.1, Referenced SOP Instance MAC).

It is over what makes the picture (side and view, the layout of the cells, the cells themselves in Explicit VR Little
Endian) and over no identifier, so that it is the same under a pseudonym and under the true identity.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from dokuei.dicom import uids
from dokuei.dicom.content import explicit_element
from dokuei.dicom.elements import PIXEL_DATA
from dokuei.dicom.encapsulated import join
from dokuei.dicom.native import native_length, pixel_data
from dokuei.dicom.pixels import PHOTOMETRIC, PLANAR, Cells
from dokuei.dicom.rewrite import explicit_head
from dokuei.dicom.stored import Stored, open_stored
from dokuei.errors import NotAcceptableError, NotFoundError

_BYTE: Final = 8
_PICTURE: Final = (
    0x00080060,  # Modality
    0x00185101,  # View Position
    0x00200020,  # Patient Orientation
    0x00200060,  # Laterality
    0x00200062,  # Image Laterality
    0x00280002,
    PHOTOMETRIC,
    PLANAR,
    0x00280008,
    0x00280010,
    0x00280011,
    0x00280100,
    0x00280101,
    0x00280102,
    0x00280103,
)
_ITEM: Final = b"\xfe\xff\x00\xe0"
_END: Final = b"\xfe\xff\xdd\xe0"
_UNDEFINED: Final = 0xFFFFFFFF


@dataclass(frozen=True)
class ImageMac:
    """SHA-256 over ``elements`` in this transfer syntax; frames that came lossy stay in theirs."""

    mac: str
    transfer_syntax_uid: str
    elements: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {"mac": self.mac, "syntax": self.transfer_syntax_uid, "elements": list(self.elements)}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "ImageMac":
        """Read back what ``to_json`` wrote."""
        return cls(value["mac"], value["syntax"], tuple(value["elements"]))


def mac_of_file(path: Path) -> ImageMac:
    """The MAC of an image as it was received, or as it is archived: the same for both.

    Raises:
        AdmissionError: no DICOM object.
        NotFoundError: it has no pixels.
        ProofError: a stored frame is not what it was.
    """
    with open_stored(path) as stored:
        return mac_of(stored)


def mac_of(stored: Stored) -> ImageMac:
    """The same of an open one."""
    if stored.description is None:
        raise NotFoundError("the object has no pixels", phase="making a MAC")
    digest, elements = _over_header(stored)
    native = stored.encoded is None or not stored.arrived_lossy
    try:
        for piece in _native(stored) if native else _encapsulated(stored):
            digest.update(piece)
    except NotAcceptableError:
        native = False
        digest, elements = _over_header(stored)
        for piece in _encapsulated(stored):
            digest.update(piece)
    syntax = uids.EXPLICIT_LITTLE if native else stored.data_set.source.syntax.uid
    return ImageMac(digest.hexdigest(), syntax, (*elements, stored.description.element.tag))


def _over_header(stored: Stored) -> tuple[Any, tuple[int, ...]]:
    digest, elements = hashlib.sha256(), []
    colour = stored.description is not None and stored.description.samples > 1
    for tag in _PICTURE:
        if colour and tag == PHOTOMETRIC:
            continue  # a codec's name for RGB
        written = explicit_element(stored.data_set, tag)
        if written and written[4:6] != b"UN":
            digest.update(written)
            elements.append(tag)
    return digest, tuple(elements)


def _native(stored: Stored) -> Iterator[bytes]:
    description = stored.described()
    vr = "OW" if description.bits_allocated > _BYTE else "OB"
    tag = description.element.tag
    yield explicit_head(tag, vr if tag == PIXEL_DATA else description.element.vr, native_length(stored))
    yield from pixel_data(stored)


def _encapsulated(stored: Stored) -> Iterator[bytes]:
    """One item a frame behind an empty table, however it was cut into fragments (PS3.5 A.4)."""
    yield explicit_head(PIXEL_DATA, "OB", _UNDEFINED)[:8]
    yield _ITEM
    for frame in () if stored.encoded is None else stored.encoded.frames:
        data = bytes(join(stored.data_set, frame))
        yield _ITEM + data + b"\0" * (len(data) % 2)
    yield _END


class MacAlong:
    """The same MAC of an archived image, made while its frames are decoded one after the other for another reason."""

    def __init__(self, stored: Stored) -> None:
        self._description = stored.described()
        self._digest, self._elements = _over_header(stored)
        self._digest.update(
            explicit_head(PIXEL_DATA, "OW" if self._description.bits_allocated > _BYTE else "OB", native_length(stored))
        )

    def add(self, cells: Cells) -> None:
        """The next frame, its samples in the order that its source had."""
        if self._description.planar == 1 and self._description.samples > 1:
            cells = cells.transpose(2, 0, 1)
        self._digest.update(np.ascontiguousarray(cells).data.cast("B"))

    def made(self) -> ImageMac:
        """The MAC, once all frames are in."""
        if self._description.frame_bytes * self._description.number_of_frames % 2:
            self._digest.update(b"\0")
        return ImageMac(self._digest.hexdigest(), uids.EXPLICIT_LITTLE, (*self._elements, PIXEL_DATA))
