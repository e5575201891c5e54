"""A report file beside the hub's own record: whether it is, byte for byte, what was made here, and where it is not."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.sequence import Sequence
from sqlalchemy import Connection, select

from dokuei.dicom.encapsulated_pdf import ENCAPSULATED_PDF
from dokuei.dicom.signature import MODIFICATION, data_set_of, signatures_of
from dokuei.errors import DokueiError, NotFoundError
from dokuei.hub.reports import store, store_seals
from dokuei.hub.reports.chained import restamped_files
from dokuei.hub.reports.examining import Remark, differences
from dokuei.hub.reports.tables import delivery
from dokuei.storage.blobs import Blobs

_MOST_NAMED = 20
_FOUND = (
    "ContentSequence",
    "VerifyingObserverSequence",
    "CompletionFlag",
    "VerificationFlag",
    "ConceptNameCodeSequence",
)


def compared(connection: Connection, blobs: Blobs, data: bytes) -> tuple[Remark, ...]:
    """What the record says of a file."""
    if data.startswith(b"%PDF-"):
        return (_pdf(connection, blobs, data),)
    try:
        read = dcmread(DicomBytesIO(data))
        return _object(connection, blobs, data, read)
    except Exception as error:  # noqa: BLE001 - a damaged file may make the library raise anything
        return (Remark("record_unknown", "bad", type(error).__name__),)


def _pdf(connection: Connection, blobs: Blobs, data: bytes) -> Remark:
    digest = hashlib.sha256(data).hexdigest()
    states = store_seals.every(connection)
    kept = list(store.every_version(connection))
    known = {one.sealed.pdf_sha256: (one.signed.report_id, one.signed.number) for one in kept}
    known |= restamped_files(connection)
    if digest in known:
        return Remark("record_same", "good", "{} / {}".format(*known[digest]))
    keys = {one.sealed.pdf_key: one.sealed.pdf_sha256 for one in kept}
    keys |= {one.blob_key: one.sha256 for one in states.values()}
    return _nearest(data, _whole(blobs, keys))


def _whole(blobs: Blobs, keys: dict[str, str]) -> Iterator[bytes]:
    """The record's own files, as far as they are what the record says."""
    for key, expected in keys.items():
        try:
            kept = blobs.read(key)
        except NotFoundError:
            continue
        if hashlib.sha256(kept).hexdigest() == expected:
            yield kept


def _nearest(data: bytes, candidates: Iterator[bytes]) -> Remark:
    """The file of the record that shares most bytes with this one, and where the two part."""
    best: tuple[int, str] | None = None
    here = np.frombuffer(data, dtype=np.uint8)
    for kept in candidates:
        there = np.frombuffer(kept, dtype=np.uint8)
        shorter = min(len(here), len(there))
        apart = np.flatnonzero(here[:shorter] != there[:shorter])
        differing = len(apart) + abs(len(here) - len(there))
        first = int(apart[0]) if len(apart) else shorter
        if differing * 2 < max(len(here), len(there)) and (best is None or differing < best[0]):
            best = (differing, f"byte {first} ({differing} differ)")
    return Remark("record_unknown", "bad") if best is None else Remark("record_differs", "bad", best[1])


def _object(connection: Connection, blobs: Blobs, data: bytes, read: Dataset) -> tuple[Remark, ...]:
    row = connection.execute(select(delivery).where(delivery.c.sop_instance_uid == str(read.SOPInstanceUID))).first()
    if row is None:
        return (Remark("record_unknown", "bad"),)
    if hashlib.sha256(data).hexdigest() == row.sha256:
        return (Remark("record_same", "good", f"{row.report_id} / {row.number}"),)
    kept = blobs.read(row.blob_key)
    if hashlib.sha256(kept).hexdigest() != row.sha256:
        return (Remark("record_broken", "bad"),)
    try:
        apart = differences(data, kept)
        here = signatures_of(data_set_of(data)) if row.sop_class_uid != ENCAPSULATED_PDF else ()
        reidentified = bool(here) and all(one.holds and one.purpose == MODIFICATION[1] for one in here)
        reidentified = reidentified and _says_the_same(read, dcmread(DicomBytesIO(kept)))
    except DokueiError as error:
        return (Remark("record_differs", "bad", error.what),)
    if not apart:
        return (Remark("record_same_content", "note"),)
    named = ", ".join(apart[:_MOST_NAMED]) + (" …" if len(apart) > _MOST_NAMED else "")
    return (Remark("record_reidentified", "note", named) if reidentified else Remark("record_differs", "bad", named),)


def _says_the_same(here: Dataset, kept: Dataset) -> bool:
    """Whether what was found and who signed it is as it was: a gateway puts whose it is back, and nothing else."""
    whose = {str(kept.get(name, "")): str(here.get(name, "")) for name in ("PatientID", "AccessionNumber")}
    return all(_same(here.get(name), kept.get(name), whose) for name in _FOUND)


def _same(here: Any, kept: Any, whose: Mapping[str, str]) -> bool:
    if isinstance(kept, Sequence) and isinstance(here, Sequence):
        return len(here) == len(kept) and all(_same(*pair, whose) for pair in zip(here, kept, strict=True))
    if isinstance(kept, Dataset) and isinstance(here, Dataset):
        return here.keys() == kept.keys() and all(
            element.VR == "UI" or _same(here[element.tag].value, element.value, whose) for element in kept
        )
    return bool(here == kept) or (str(kept) in whose and whose[str(kept)] == str(here))
