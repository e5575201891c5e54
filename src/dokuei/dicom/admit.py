"""The door: what may be stored, decided in bounded time and memory (PS3.10 7, PS3.5 7 and 9).

Refused: bytes that are no DICOM, cut off, nested or sized beyond reason, without UIDs, DICOMDIR, JPIP and real-time
video. Everything else is taken as it is, and its oddities are told as warnings.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dokuei.dicom import meta, uids
from dokuei.dicom.block import ProofBlock, load
from dokuei.dicom.content import ContentDigest
from dokuei.dicom.dataset import CHARACTER_SET, DataSet
from dokuei.dicom.deidentify import Deidentification
from dokuei.dicom.encapsulated import EncodedFrames, read_frames
from dokuei.dicom.oddities import Oddity
from dokuei.dicom.pixels import FRAMES, PixelDescription, describe
from dokuei.dicom.read import ObjectIdentity, identity_in
from dokuei.dicom.source import open_source
from dokuei.dicom.text import encodings_of
from dokuei.errors import UnsupportedError

_PATIENT_ID: Final = 0x00100020
_LONGEST_ID: Final = 64
_UIDS: Final[dict[str, Oddity]] = {
    "sop_class_uid": "sop_class_uid is not well-formed",
    "sop_instance_uid": "sop_instance_uid is not well-formed",
    "study_instance_uid": "study_instance_uid is not well-formed",
    "series_instance_uid": "series_instance_uid is not well-formed",
}
_DATES: Final[dict[int, Oddity]] = {
    0x00080020: "Study Date is ill-formed",
    0x00080021: "Series Date is ill-formed",
    0x00080022: "Acquisition Date is ill-formed",
    0x00080023: "Content Date is ill-formed",
    0x00100030: "Patient's Birth Date is ill-formed",
}
_TIMES: Final[dict[int, Oddity]] = {
    0x00080030: "Study Time is ill-formed",
    0x00080031: "Series Time is ill-formed",
    0x00080032: "Acquisition Time is ill-formed",
}
_DATE: Final = re.compile(rb"\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01]) *\Z")
_TIME: Final = re.compile(rb"([01]\d|2[0-3])([0-5]\d([0-5]\d|60)?(?<=\d{6})(\.\d{1,6})?|[0-5]\d)? *\Z")


@dataclass(frozen=True)
class Admitted:
    """An object that may be stored; its oddities are told, each once, and never mended."""

    identity: ObjectIdentity
    transfer_syntax_uid: str
    number_of_frames: int
    warnings: tuple[Oddity, ...]


@dataclass(frozen=True)
class Admission:
    """An admitted object while its file is open: what coding and proving work on."""

    admitted: Admitted
    data_set: DataSet
    description: PixelDescription | None
    encoded: EncodedFrames | None
    content: ContentDigest
    block: ProofBlock | None
    bare: bool = False
    """Whether nothing may stay that stands beside the pixels in the pixel data."""


def admit(path: Path) -> Admitted:
    """Decide about a file without trusting its lengths.

    Raises:
        AdmissionError: it is refused; the error says in which phase, why, and what to do.
    """
    with admission(path) as open_object:
        return open_object.admitted


@contextmanager
def admission(path: Path, deidentification: Deidentification | None = None) -> Iterator[Admission]:
    """Admit a file and keep it open, under a pseudonym where one is asked for.

    Raises:
        AdmissionError: it is refused.
    """
    with open_source(path) as received:
        source = received if deidentification is None else deidentification.source(received)
        if meta.text_of(source.meta, meta.CLASS) == uids.MEDIA_STORAGE_DIRECTORY:
            raise _directory()
        data_set, block = load(source)
        identity = identity_in(data_set.raw)
        named = meta.text_of(received.meta, meta.INSTANCE)
        odd = (*data_set.warnings, *_oddities(data_set, identity, named))  # of what came, not of its pseudonym
        if deidentification is not None:
            deidentification.apply(data_set)
            identity = identity_in(data_set.raw)
        if identity.sop_class_uid == uids.MEDIA_STORAGE_DIRECTORY:
            raise _directory()
        bare = deidentification is not None
        description = describe(data_set, exactly=bare)
        encoded = read_frames(data_set, description) if description and description.encapsulated else None
        content = ContentDigest(data_set)
        frames = description.number_of_frames if description else 0
        admitted = Admitted(identity, source.syntax.uid, frames, tuple(dict.fromkeys(odd)))
        yield Admission(admitted, data_set, description, encoded, content, block, bare)


def _directory() -> UnsupportedError:
    return UnsupportedError(
        "a DICOMDIR is a directory of a medium and no object",
        phase="admission",
        remedy="Import the folder that it stands in; its files are found.",
    )


def _oddities(data_set: DataSet, identity: ObjectIdentity, named: str) -> Iterator[Oddity]:
    """What is not as the standard wants it and harms neither identity nor pixels; ``named`` is the file meta's UID."""
    for name, oddity in _UIDS.items():
        if not uids.is_well_formed(getattr(identity, name)):
            yield oddity
    if named and named != identity.sop_instance_uid:
        yield "the file meta information names another SOP Instance UID"
    yield from _patient_oddities(data_set)
    for patterns, tags in ((_DATE, _DATES), (_TIME, _TIMES)):
        for tag, oddity in tags.items():
            value = data_set.raw(tag).strip(b"\0 ")
            if value and not patterns.match(value):
                yield oddity
    if data_set.raw(FRAMES).strip(b"\0 ") in {b"0", b"-1"}:
        yield "Number of Frames is not positive"


def _patient_oddities(data_set: DataSet) -> Iterator[Oddity]:
    patient_id = data_set.raw(_PATIENT_ID).strip(b"\0 ")
    if not patient_id:
        yield "Patient ID is empty"
    elif len(patient_id) > _LONGEST_ID or b"\\" in patient_id or any(byte < ord(" ") for byte in patient_id):
        yield "Patient ID is ill-formed"
    character_set = data_set.raw(CHARACTER_SET)
    if not encodings_of(character_set)[1]:
        yield "Specific Character Set has a term that is not known"
    elif "\N{REPLACEMENT CHARACTER}" in data_set.text(0x00100010):
        yield "Patient's Name holds bytes that its character set does not explain"
