"""The one place where a received object becomes ours: looked at, made durable, entered; only then answered.

Nobody is told "taken" before file and folder are fsynced and the row is there. The row itself need not be fsynced
(SQLite ``synchronous=NORMAL``): after a power cut it is made again from the file, whose name is its own hash.
"""

from contextlib import AbstractContextManager
from enum import StrEnum
from functools import cached_property
from types import TracebackType
from typing import Any, Final

import structlog
from sqlalchemy import Row, update
from sqlalchemy.exc import OperationalError

from dokuei.clock import now
from dokuei.errors import (
    AdmissionError,
    DiskFullError,
    DokueiError,
    OtherContentError,
    StorageError,
)
from dokuei.gateway.enter import Rows
from dokuei.gateway.incoming import FOLDER, Incoming
from dokuei.gateway.look import Origin, Seen, look
from dokuei.gateway.quarantine import Quarantine, Suspect, superseded
from dokuei.gateway.same import same_content
from dokuei.gateway.spool import Spool
from dokuei.gateway.spool_tables import received_object
from dokuei.gateway.spool_view import State
from dokuei.storage.db import Database, open_database, sqlite_url
from dokuei.storage.filesystem import fsync_folder

_FAN_OUT: Final = 256
_log = structlog.get_logger()


class Outcome(StrEnum):
    """What became of an object that was not refused."""

    TAKEN = "taken"
    KNOWN = "known already"


class Keeper(AbstractContextManager["Keeper"]):
    """Keeps received objects; one per process, its verbs may be called from several threads."""

    def __init__(self, spool: Spool, *, keep_free: int = 0) -> None:
        self._spool = spool
        self._keep_free = keep_free
        self._quarantine = Quarantine(spool.database, spool.folder)
        make_folders(spool)
        self._rows = Rows(spool.database)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._rows.close()
        if "_durable" in vars(self):
            self._durable.close()

    @cached_property
    def _durable(self) -> Database:
        """The queue's database with every commit fsynced, for the rare rows that no file brings back."""
        return open_database(sqlite_url(self._spool.folder / "gateway.sqlite"))

    def begin(self) -> Incoming:
        """A file for the next object; a failure to open it comes out of ``keep``."""
        return Incoming.begin(self._spool.folder, keep_free=self._keep_free)

    def keep(self, incoming: Incoming, origin: Origin) -> Outcome:
        """Make a whole object durable and enter it. ``incoming`` is used up.

        Raises:
            DiskFullError: nothing is kept, the sender tries again later.
            AdmissionError: it cannot be read; its bytes are in quarantine.
            OtherContentError: other content under a known SOP Instance UID; its bytes are in quarantine.
            DokueiError: nobody foresaw what it holds; its bytes are in quarantine.
        """
        try:
            incoming.finish()
            return self._keep(incoming, origin)
        except OperationalError as error:
            raise _database_error(error) from error
        except (DokueiError, OSError):
            raise
        except Exception as error:
            raise self._unforeseen(incoming, origin, error) from error
        finally:
            incoming.discard()

    def _keep(self, incoming: Incoming, origin: Origin) -> Outcome:
        seen: Seen | None = None
        known: Row[Any] | None = None
        try:
            seen = look(incoming, origin)
            known = self._rows.known(seen.identity.sop_instance_uid)
            if known is None:
                incoming.settle(self._spool.original_path(incoming.sha256))
                if self._rows.enter(_values(incoming, origin, seen)):
                    return Outcome.TAKEN
                known = self._rows.known(seen.identity.sop_instance_uid)  # another association was faster
            if known is None:
                raise StorageError("the queue lost a row", phase="storing", remedy="send it again")
            return self._again(incoming, origin, seen, known)
        except (AdmissionError, OtherContentError) as error:
            self._refuse(incoming, origin, seen, known, error)
            raise

    def _again(self, incoming: Incoming, origin: Origin, seen: Seen, known: Row[Any]) -> Outcome:
        """The UID is known: the same again is a success, and so is the corrected form of what was refused."""
        if known.state == State.REFUSED:
            if known.sha256 == incoming.sha256 and self._spool.original_path(known.sha256).exists():
                raise AdmissionError(known.error or "refused before", phase="admission")
            return self._replace(incoming, origin, seen, known)
        if known.study_instance_uid != seen.identity.study_instance_uid:
            raise OtherContentError(
                "this SOP Instance UID is known in another study",
                phase="receiving",
                remedy="look at both in quarantine, correct the UID at the sender and send again",
            )
        if not same_content(self._spool, known, incoming, seen.transfer_syntax_uid):
            raise OtherContentError(
                "other content under a known SOP Instance UID",
                phase="receiving",
                remedy="compare both in quarantine; the first one stays as it is",
            )
        if known.state == State.REMOVED:
            return self._bring_back(incoming, origin, seen, known)
        original = self._spool.original_path(known.sha256)
        if known.sha256 == incoming.sha256:
            if known.original_kept and not original.exists():
                incoming.settle(original)  # lost here; its sender has brought it back
        elif incoming.path == self._spool.original_path(incoming.sha256):
            incoming.path.unlink(missing_ok=True)
        return Outcome.KNOWN

    def _replace(self, incoming: Incoming, origin: Origin, seen: Seen, known: Row[Any]) -> Outcome:
        sha256 = incoming.sha256
        incoming.settle(self._spool.original_path(sha256))
        with self._spool.database.begin() as connection:
            connection.execute(
                update(received_object)
                .where(received_object.c.id == known.id, received_object.c.state == State.REFUSED)
                .values(
                    **_values(incoming, origin, seen),
                    attempts=0,
                    not_before=None,
                    error_code="",
                    error="",
                    coded=None,
                    warnings="[]",
                )
            )
            superseded(connection, known.sha256)
        refused = self._spool.original_path(known.sha256)
        if known.sha256 != sha256 and refused.exists():
            refused.replace(self._quarantine.path(known.sha256))
        return Outcome.TAKEN

    def _bring_back(self, incoming: Incoming, origin: Origin, seen: Seen, known: Row[Any]) -> Outcome:
        """The hub removed it when its term was over, and its sender sends it once more: it is a new arrival.

        Its row is there already and would not be made again from the file after a power cut, so it is fsynced.
        """
        incoming.settle(self._spool.original_path(incoming.sha256))
        with self._durable.begin() as connection:
            taken = connection.execute(
                update(received_object)
                .where(received_object.c.id == known.id, received_object.c.state == State.REMOVED)
                .values(**_values(incoming, origin, seen), coded=None, purged_at=None, original_kept=True)
            ).rowcount
        if known.sha256 != incoming.sha256:
            self._spool.original_path(known.sha256).unlink(missing_ok=True)
        return Outcome.TAKEN if taken else Outcome.KNOWN

    def _unforeseen(self, incoming: Incoming, origin: Origin, error: Exception) -> DokueiError:
        """What breaks us is kept for whoever mends us; its sender is answered and goes on with the next object."""
        _log.error("instance.broke", exc_info=error)
        told = DokueiError(
            f"the object could not be looked at: {type(error).__name__}",
            phase="receiving",
            remedy="see the log; the object is in quarantine",
        )
        if incoming.path != self._spool.original_path(incoming.sha256):  # there it may be another association's
            incoming.settle(self._quarantine.path(incoming.sha256))
        self._quarantine.note(_suspect(incoming, origin, None, None), told)
        return told

    def _refuse(
        self,
        incoming: Incoming,
        origin: Origin,
        seen: Seen | None,
        known: Row[Any] | None,
        error: AdmissionError | OtherContentError,
    ) -> None:
        if not incoming.size > incoming.dataset_offset:
            return  # nothing to look at later
        sha256 = incoming.sha256
        if known is not None and known.sha256 == sha256:
            return  # its entry was made when it was refused first
        incoming.settle(self._quarantine.path(sha256))
        self._quarantine.note(_suspect(incoming, origin, seen, known), error)


def make_folders(spool: Spool) -> None:
    """All folders at once, so that the way of an object makes none."""
    (spool.folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for kind in ("spool", "quarantine", "coded"):
        for number in range(_FAN_OUT):
            (spool.folder / kind / f"{number:02x}").mkdir(parents=True, exist_ok=True)
        fsync_folder(spool.folder / kind)
    fsync_folder(spool.folder)


def _suspect(incoming: Incoming, origin: Origin, seen: Seen | None, known: Row[Any] | None) -> Suspect:
    return Suspect(
        sha256=incoming.sha256,
        size=incoming.size,
        sop_instance_uid=seen.identity.sop_instance_uid if seen else origin.sop_instance_uid[:64],
        study_instance_uid=seen.identity.study_instance_uid if seen else "",
        transfer_syntax_uid=seen.transfer_syntax_uid if seen else origin.transfer_syntax_uid,
        known_sha256=known.sha256 if known is not None else "",
        sending_ae=origin.sending_ae,
        peer_address=origin.peer_address,
    )


def _values(incoming: Incoming, origin: Origin, seen: Seen) -> dict[str, Any]:
    moment = now()
    identity = seen.identity
    return {
        "sop_instance_uid": identity.sop_instance_uid,
        "series_instance_uid": identity.series_instance_uid,
        "study_instance_uid": identity.study_instance_uid,
        "sop_class_uid": identity.sop_class_uid,
        "transfer_syntax_uid": seen.transfer_syntax_uid,
        "modality": identity.modality[:16],
        "patient_id": identity.patient_id[:64],
        "accession_number": identity.accession_number[:64],
        "study_date": identity.study_date[:8],
        "sha256": incoming.sha256,
        "size": incoming.size,
        "sending_ae": origin.sending_ae,
        "peer_address": origin.peer_address,
        "received_at": origin.received_at or moment,
        "changed_at": moment,
        "state": State.RECEIVED,
    }


def _database_error(error: OperationalError) -> StorageError:
    if "full" in str(error.orig):
        return DiskFullError(
            "no room left for the queue", phase="storing", remedy="free space; the sender keeps the object"
        )
    return StorageError("the queue could not be written", phase="storing", remedy="look at the gateway's disk and log")
