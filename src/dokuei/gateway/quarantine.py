"""What was refused and kept: bytes under their own hash, and an entry with the reason that staff sees."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from dokuei.clock import now
from dokuei.errors import DokueiError, NotFoundError
from dokuei.gateway.spool_tables import quarantine_entry, received_object
from dokuei.gateway.spool_view import State
from dokuei.storage.audit import gateway_trail
from dokuei.storage.db import Database
from dokuei.storage.filesystem import fsync_folder, make_folder

Resolution = Literal["discarded", "settled", "retried"]


@dataclass(frozen=True)
class Suspect:
    """What is known about bytes that were refused; fields are empty where the bytes do not say."""

    sha256: str
    size: int
    sop_instance_uid: str = ""
    study_instance_uid: str = ""
    transfer_syntax_uid: str = ""
    known_sha256: str = ""
    sending_ae: str = ""
    peer_address: str = ""


@dataclass(frozen=True)
class Entry:
    """One line of staff's list; ``known_sha256`` is the object that has the same UID, ``times`` how often it came."""

    id: int
    at: datetime
    code: str
    reason: str
    remedy: str
    suspect: Suspect
    times: int
    path: Path | None
    resolved_at: datetime | None
    resolved_by: str
    resolution: str


@dataclass(frozen=True)
class Quarantine:
    """The refused objects of one gateway."""

    database: Database
    folder: Path

    def path(self, sha256: str) -> Path:
        """Where bytes that were refused at the door belong."""
        return self.folder / "quarantine" / sha256[:2] / f"{sha256}.dcm"

    def find(self, sha256: str) -> Path | None:
        """Where the bytes lie: what was refused only when it was coded is still in the spool."""
        for path in (self.path(sha256), self.folder / "spool" / sha256[:2] / f"{sha256}.dcm"):
            if path.exists():
                return path
        return None

    def note(self, suspect: Suspect, error: DokueiError) -> None:
        """Enter bytes that lie durably in their place; the same bytes for the same reason are counted, not listed."""
        with self.database.begin() as connection:
            note(connection, suspect, error)
            gateway_trail.append(
                connection,
                actor=f"ae:{suspect.sending_ae}" if suspect.sending_ae else "system",
                event="instance.quarantined",
                subject=suspect.sop_instance_uid or None,
                details={"code": error.code, "sha256": suspect.sha256},
            )

    def entries(self, *, open_only: bool = True, at_most: int = 1000) -> list[Entry]:
        """Newest first."""
        query = select(quarantine_entry).order_by(quarantine_entry.c.id.desc()).limit(at_most)
        if open_only:
            query = query.where(quarantine_entry.c.resolved_at.is_(None))
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        return [self._entry(row) for row in rows]

    def open_entries(self) -> int:
        """How many wait for somebody."""
        waiting = select(func.count()).select_from(quarantine_entry).where(quarantine_entry.c.resolved_at.is_(None))
        with self.database.read() as connection:
            return connection.execute(waiting).scalar_one()

    def entry(self, entry_id: int) -> Entry:
        """One entry, settled or not.

        Raises:
            NotFoundError: there is none of this number.
        """
        with self.database.read() as connection:
            row = connection.execute(select(quarantine_entry).where(quarantine_entry.c.id == entry_id)).one_or_none()
        if row is None:
            raise _no_entry()
        return self._entry(row)

    def resolve(self, entry_id: int, *, actor: str, resolution: Resolution) -> None:
        """Staff has dealt with it, and the study goes on without the object, or with it in another form.

        ``discarded`` removes the bytes wherever they lie, ``settled`` keeps them here, ``retried`` gives an object that
        coding refused back to coding.

        Raises:
            NotFoundError: no such open entry.
        """
        with self.database.begin() as connection:
            row = connection.execute(
                select(quarantine_entry).where(
                    quarantine_entry.c.id == entry_id, quarantine_entry.c.resolved_at.is_(None)
                )
            ).one_or_none()
            if row is None:
                raise _no_entry()
            same = (
                quarantine_entry.c.id == row.id if resolution == "retried" else quarantine_entry.c.sha256 == row.sha256
            )
            connection.execute(
                update(quarantine_entry)
                .where(same, quarantine_entry.c.resolved_at.is_(None))
                .values(resolved_at=now(), resolved_by=actor, resolution=resolution)
            )
            gateway_trail.append(
                connection,
                actor=actor,
                event=f"quarantine.{resolution}",
                subject=row.sop_instance_uid or None,
                details={"code": row.code, "sha256": row.sha256},
            )
            if resolution == "retried":
                _code_again(connection, row.sha256)
            else:
                self._take_out(connection, row.sha256, keep=resolution == "settled")

    def _take_out(self, connection: Connection, sha256: str, *, keep: bool) -> None:
        """The queue forgets what coding refused; bytes that an object still in the queue stands on stay there.

        Files first: should the row outlive them, staff does it once more; a file that outlives its row would come back.
        """
        place, queued = self.path(sha256), self.folder / "spool" / sha256[:2] / f"{sha256}.dcm"
        c = received_object.c
        used = select(c.id).where(c.sha256 == sha256, c.state != State.REFUSED)
        if queued.exists() and connection.execute(used).first() is None:
            if keep:
                make_folder(place.parent)
                queued.replace(place)
                fsync_folder(place.parent)
            else:
                queued.unlink()
            fsync_folder(queued.parent)
        if not keep and place.exists():
            place.unlink()
            fsync_folder(place.parent)
        connection.execute(delete(received_object).where(c.sha256 == sha256, c.state == State.REFUSED))

    def _entry(self, row: Row[Any]) -> Entry:
        return Entry(
            id=row.id,
            at=row.at,
            code=row.code,
            reason=row.reason,
            remedy=row.remedy,
            suspect=Suspect(**{name: getattr(row, name) for name in SUSPECT}),
            times=row.times,
            path=self.find(row.sha256),
            resolved_at=row.resolved_at,
            resolved_by=row.resolved_by,
            resolution=row.resolution,
        )


SUSPECT = (
    "sha256",
    "size",
    "sop_instance_uid",
    "study_instance_uid",
    "transfer_syntax_uid",
    "known_sha256",
    "sending_ae",
    "peer_address",
)


def _no_entry() -> NotFoundError:
    return NotFoundError(
        "no such open entry in quarantine",
        phase="settling a quarantine entry",
        remedy="dokuei gateway quarantine lists them",
    )


def _code_again(connection: Connection, sha256: str) -> None:
    c = received_object.c
    connection.execute(
        update(received_object)
        .where(c.sha256 == sha256, c.state == State.REFUSED)
        .values(state=State.RECEIVED, changed_at=now(), attempts=0, broke=0, not_before=None, error_code="", error="")
    )


def superseded(connection: Connection, sha256: str) -> None:
    """A corrected form of what coding refused has come: nobody need look at the first one any more."""
    connection.execute(
        update(quarantine_entry)
        .where(quarantine_entry.c.sha256 == sha256, quarantine_entry.c.resolved_at.is_(None))
        .values(resolved_at=now(), resolved_by="system", resolution="settled")
    )
    gateway_trail.append(
        connection, actor="system", event="quarantine.settled", details={"code": "corrected", "sha256": sha256}
    )


def note(connection: Connection, suspect: Suspect, error: DokueiError) -> None:
    """The entry alone, inside the caller's transaction."""
    values = {name: getattr(suspect, name) for name in SUSPECT}
    reason = f"{error.phase}: {error.what}" if error.phase else error.what
    entry = insert(quarantine_entry).values(at=now(), code=error.code, reason=reason, remedy=error.remedy, **values)
    connection.execute(
        entry.on_conflict_do_update(
            index_elements=["sha256", "code"],
            set_={
                "times": quarantine_entry.c.times + 1,
                "at": entry.excluded.at,
                "reason": entry.excluded.reason,
                "resolved_at": None,
                "resolved_by": "",
                "resolution": "",
            },
        )
    )
