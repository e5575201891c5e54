"""Whether two objects under one SOP Instance UID are the same again, whatever their transfer syntax."""

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Row

from dokuei.dicom.coded import CodedInstance
from dokuei.dicom.intake import intake
from dokuei.dicom.meta import parse_meta
from dokuei.errors import AdmissionError
from dokuei.gateway.incoming import FOLDER, Incoming
from dokuei.gateway.spool import Spool

_META_AT_MOST: Final = 1 << 16
_COMPARED_BYTES: Final = 1 << 20


def same_content(spool: Spool, known: Row[Any], incoming: Incoming, transfer_syntax_uid: str) -> bool:
    """Equal bytes first, then equal data sets, then equal data elements and pixels by their content digest."""
    if known.sha256 == incoming.sha256:
        return True
    original = spool.original_path(known.sha256)
    if known.transfer_syntax_uid == transfer_syntax_uid and original.exists() and _same_dataset(original, incoming):
        return True
    known_digest = _known_digest(spool, known, original)
    return known_digest is not None and known_digest == _digest(spool.folder, incoming.path)


def dataset_offset(path: Path) -> int:
    """Where the data set of a Part 10 file starts."""
    with path.open("rb") as file:
        head = file.read(_META_AT_MOST)
    return parse_meta(head, len(head))[1]


def _same_dataset(original: Path, incoming: Incoming) -> bool:
    """The same data set from another sender differs in the file's head only."""
    offset = dataset_offset(original)
    with incoming.dataset() as data, original.open("rb") as file:
        if original.stat().st_size - offset != len(data):
            return False
        file.seek(offset)
        return all(
            file.read(_COMPARED_BYTES) == data[start : start + _COMPARED_BYTES]
            for start in range(0, len(data), _COMPARED_BYTES)
        )


def _known_digest(spool: Spool, known: Row[Any], original: Path) -> str | None:
    """From the coded object where that is the object itself; a pseudonymous one has other data elements."""
    if known.coded is not None and known.coded_sop_instance_uid == known.sop_instance_uid:
        return CodedInstance.from_json(json.loads(known.coded)).content_digest
    return _digest(spool.folder, original) if original.exists() else None


def _digest(folder: Path, path: Path) -> str | None:
    """Code a file aside only to learn what it holds; ``None`` where it cannot be read."""
    with _aside(folder) as place:
        try:
            return intake(path, place / "coded.dcm").content_digest
        except AdmissionError:
            return None


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """A folder that goes again; the lock tells ``recover`` that somebody is at work in it."""
    with tempfile.TemporaryDirectory(dir=folder / FOLDER) as name:
        descriptor = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield Path(name)
        finally:
            os.close(descriptor)
