"""A first look at an object as it arrives, and its bytes kept exactly: all that may happen before the answer."""

import hashlib
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import BinaryIO, Final

from dokuei.dicom import uids
from dokuei.dicom.dataset import DataSet, read_data_set
from dokuei.dicom.elements import PIXEL_DATA, Buffer, Element, Encoding, Walk
from dokuei.dicom.meta import RECEIVING_AE, SENDING_AE, SOURCE_AE, build_meta
from dokuei.dicom.pixels import describe
from dokuei.dicom.source import Source
from dokuei.dicom.text import decode_trimmed, encodings_of
from dokuei.errors import AdmissionError, IdentityError, NotDicomError, UnsupportedError

_LAST_TAG: Final = 0x00200FFF
_INFLATED_AT_MOST: Final = 4 << 20
_CHARACTER_SET: Final = 0x00080005
_FIELDS: Final = {
    0x00080016: "sop_class_uid",
    0x00080018: "sop_instance_uid",
    0x0020000D: "study_instance_uid",
    0x0020000E: "series_instance_uid",
    0x00100020: "patient_id",
    0x00100021: "issuer_of_patient_id",
    0x00100010: "patient_name",
    0x00100030: "patient_birth_date",
    0x00100040: "patient_sex",
    0x00080020: "study_date",
    0x00080030: "study_time",
    0x00080050: "accession_number",
    0x00080060: "modality",
    0x00080070: "manufacturer",
    0x00081030: "study_description",
    0x0008103E: "series_description",
    0x00200010: "study_id",
    0x00200011: "series_number",
    0x00200013: "instance_number",
}
_NAMING: Final = frozenset({0x00080016, 0x00080018, 0x0020000D, 0x0020000E})
_UIDS: Final = ("sop_class_uid", "sop_instance_uid", "study_instance_uid", "series_instance_uid")


@dataclass(frozen=True)
class ObjectIdentity:
    """Who and what an object is, as its own header says; empty where it says nothing. Padding is gone."""

    sop_class_uid: str
    sop_instance_uid: str
    study_instance_uid: str
    series_instance_uid: str
    patient_id: str = ""
    issuer_of_patient_id: str = ""
    patient_name: str = ""
    patient_birth_date: str = ""
    patient_sex: str = ""
    study_date: str = ""
    study_time: str = ""
    accession_number: str = ""
    modality: str = ""
    manufacturer: str = ""
    study_description: str = ""
    series_description: str = ""
    study_id: str = ""
    series_number: str = ""
    instance_number: str = ""


def read_identity(data: Buffer, transfer_syntax_uid: str, *, whole: bool = False) -> ObjectIdentity:
    """Peek at an encoded data set without file meta, reading no further than its relationship group (0020).

    The beginning of a data set is enough, as long as group 0020 is in it. With ``whole`` all of it is there, and what
    ``whole_identity`` asks is asked; a deflated one has to be opened as a ``Source`` for that.

    Raises:
        UnsupportedError: the transfer syntax is not taken.
        AdmissionError: the bytes are no data set, end too early, or name no instance.
    """
    syntax = uids.TRANSFER_SYNTAXES.get(transfer_syntax_uid)
    if syntax is None or syntax.kind is uids.Kind.REFUSED:
        raise UnsupportedError(
            f"transfer syntax {transfer_syntax_uid or '(none)'} is not taken",
            phase="admission",
            remedy="Let the sender choose a transfer syntax from the conformance statement.",
        )
    encoding = Encoding(explicit=syntax.explicit, little=syntax.little)
    if syntax.deflated:
        return _identity_of(_beginning(data), encoding)
    if whole:
        return whole_identity(Source(data, len(data), 0, encoding, syntax, {}, "", None))
    return _identity_of(data, encoding)


def whole_identity(source: Source) -> ObjectIdentity:
    """The identity in a whole object that is walked to the end of its pixels, whose number is checked (PS3.5 8.1.1).

    Raises:
        AdmissionError: it is cut off, names no instance, or its pixels cannot be what it says.
    """
    walk = Walk(source.buffer, source.size)
    by_tag: dict[int, Element] = {}
    for element in walk.elements(source.start, source.size, source.encoding):
        by_tag.setdefault(element.tag, element)
        if element.tag >= PIXEL_DATA and by_tag.keys() >= _NAMING:
            break  # data sets out of order are read on until they have named themselves
    data_set = DataSet(source, walk, [], by_tag)
    identity = identity_in(data_set.raw)
    try:
        describe(data_set)
    except AdmissionError:
        describe(read_data_set(source))  # what describes the pixels may stand behind them
    return identity


def _beginning(data: Buffer) -> bytes:
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, _INFLATED_AT_MOST)
    except zlib.error as error:
        raise NotDicomError(
            f"the deflated data set cannot be inflated ({error})",
            phase="admission",
            remedy="The object is damaged: send it again from its source.",
        ) from error


def _identity_of(data: Buffer, encoding: Encoding) -> ObjectIdentity:
    """The identity in the beginning of a data set, whose four UIDs are checked (PS3.5 9.1)."""
    raw: dict[int, bytes] = {}
    for element in Walk(data).elements(0, len(data), encoding):
        if element.tag > _LAST_TAG and raw.keys() >= _NAMING:
            break  # data sets out of order are read on until they have named themselves
        if element.tag in _FIELDS or element.tag == _CHARACTER_SET:
            raw.setdefault(element.tag, bytes(data[element.value : element.end]))
    return identity_in(lambda tag: raw.get(tag, b""))


def identity_in(raw: Callable[[int], bytes]) -> ObjectIdentity:
    """The identity from raw values by tag."""
    encodings, _ = encodings_of(raw(_CHARACTER_SET))
    identity = ObjectIdentity(**{name: decode_trimmed(raw(tag), encodings).strip() for tag, name in _FIELDS.items()})
    for name in _UIDS:
        check_uid(name, getattr(identity, name))
    return identity


def check_uid(name: str, value: str) -> None:
    """A UID that is missing or could be no UID names nothing, and would become a path or a key."""
    if uids.is_bearable(value):
        return
    state = "ill-formed" if value else "missing"
    raise IdentityError(
        f"{name} is {state}",
        phase="admission",
        remedy="The object cannot be filed without it: correct it at the modality or PACS and send again.",
    )


def write_part10(
    target: BinaryIO,
    encoded: Iterable[Buffer],
    *,
    sop_class_uid: str,
    sop_instance_uid: str,
    transfer_syntax_uid: str,
    sending_ae: str = "",
    receiving_ae: str = "",
) -> str:
    """Write a Part 10 file around a data set as it was received, and give the hex SHA-256 of the whole file."""
    head = build_meta(
        sop_class_uid=sop_class_uid,
        sop_instance_uid=sop_instance_uid,
        transfer_syntax_uid=transfer_syntax_uid,
        application_entities={SOURCE_AE: sending_ae, SENDING_AE: sending_ae, RECEIVING_AE: receiving_ae},
    )
    digest = hashlib.sha256(head)
    target.write(head)
    for piece in encoded:
        digest.update(piece)
        target.write(piece)
    return digest.hexdigest()
