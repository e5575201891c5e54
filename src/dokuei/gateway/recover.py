"""What a start finds after a SIGKILL or a power cut: whole files without a row are entered, torn ones go.

A file without a row was never forwarded and may never have been acknowledged; entering it anyway does no harm, the
sender's repetition is then "the same again". A file whose bytes are not its name was never acknowledged.
"""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import select

from dokuei.dicom.meta import SOURCE_AE, parse_meta, text_of
from dokuei.errors import DokueiError, StorageError
from dokuei.gateway.incoming import FOLDER, Incoming
from dokuei.gateway.keep import Keeper, make_folders
from dokuei.gateway.look import Origin
from dokuei.gateway.spool import Spool
from dokuei.gateway.spool_tables import received_object
from dokuei.gateway.spool_view import State
from dokuei.storage.filesystem import fsync_folder

_NEED_BYTES: Final = frozenset({State.RECEIVED, State.CODING})
_log = structlog.get_logger()


@dataclass(frozen=True)
class Recovered:
    """What was done."""

    entered: int
    torn: int
    unfinished: int
    lost: int


def recover(spool: Spool) -> Recovered:
    """Bring files and rows together again; safe to call while others receive."""
    make_folders(spool)
    unfinished = _clear_unfinished(spool.folder / FOLDER)
    c = received_object.c
    with spool.database.read() as connection:
        rows = connection.execute(select(c.sha256, c.sop_instance_uid, c.state)).all()
    known = {row.sha256 for row in rows}
    there: set[str] = set()
    entered = torn = 0
    with Keeper(spool) as keeper:
        for path in sorted((spool.folder / "spool").glob("??/*.dcm")):
            there.add(path.stem)
            if path.stem not in known:
                entered += (done := _enter(keeper, path)) is True
                torn += done is None
    needed = {row.sop_instance_uid for row in rows if row.state in _NEED_BYTES and row.sha256 not in there}
    lost = sum(_tell_lost(spool, sop_instance_uid) for sop_instance_uid in sorted(needed))
    found = Recovered(entered, torn, unfinished, lost)
    if found != Recovered(0, 0, 0, 0):
        _log.warning("spool.recovered", entered=entered, torn=torn, unfinished=unfinished, lost=lost)
    return found


def _clear_unfinished(folder: Path) -> int:
    """What killed programs left, whole folders too; a living one holds a lock on its own."""
    cleared = 0
    for path in sorted(folder.iterdir()):
        with contextlib.suppress(FileNotFoundError), _opened(path) as descriptor:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
            cleared += 1
    return cleared


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _enter(keeper: Keeper, path: Path) -> bool | None:
    """Through the same door as everything else; ``None`` for a torn file, which goes."""
    incoming = Incoming.adopt(path)
    if incoming.sha256 != path.stem:
        incoming.discard()
        path.unlink(missing_ok=True)
        fsync_folder(path.parent)
        return None
    with path.open("rb") as file:
        head = file.read(incoming.dataset_offset)
    meta, _ = parse_meta(head, len(head))
    came = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    origin = Origin(sending_ae=text_of(meta, SOURCE_AE), received_at=came)  # its transfer syntax stands in the file
    try:
        keeper.keep(incoming, origin)
    except DokueiError as error:
        _log.warning("spool.not-entered", sha256=path.stem, why=str(error))
        return False
    return True


def _tell_lost(spool: Spool, sop_instance_uid: str) -> bool:
    """Bytes that were here and are not: never silently; the sender may bring them again."""
    error = StorageError("the received bytes are gone from the disk", phase="recovering", remedy="send it again")
    spool.mark_refused(sop_instance_uid, error)
    return True
