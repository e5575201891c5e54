"""Images go when the contract's term is over; that they were here, and who removed them when and why, stays."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from dokuei.clock import now
from dokuei.errors import NotFoundError
from dokuei.hub.archive import manifests, performed, reading, removals, store, tables
from dokuei.hub.archive.model import Deletion, HeldInstance, receipt_key
from dokuei.hub.archive.storing import STUDY_CHANGED
from dokuei.storage import outbox
from dokuei.storage.audit import hub_trail
from dokuei.storage.blobs import Blobs
from dokuei.storage.db import Database

InUse = Callable[[Connection, str, str], bool]
"""Whether somebody still works with a study, by site and Study Instance UID; asked inside the transaction."""


@dataclass(frozen=True)
class Expiry:
    """When a study may go: nothing has come since a moment, and nobody works with it."""

    received_before: datetime
    in_use: InUse


@dataclass(frozen=True)
class Retention:
    """Removal in two steps: rows and record in one transaction, then the files; a cut between them is made up for."""

    database: Database
    blobs: Blobs

    def delete_study(self, site_id: str, study_instance_uid: str, *, actor: str, reason: str) -> Deletion:
        """Remove a study's images and leave the record.

        Raises:
            NotFoundError: no such study at this site.
        """
        with self.database.begin() as connection:
            deletion = _remove(connection, site_id, study_instance_uid, actor=actor, reason=reason)
        if deletion is None:
            raise NotFoundError("no such study", phase="deleting images")
        self.finish()
        return deletion

    def expire_study(
        self, site_id: str, study_instance_uid: str, expiry: Expiry, *, actor: str, reason: str
    ) -> Deletion | None:
        """The same where the term is over; None where the study has grown since, is in use, or is gone already."""
        with self.database.begin() as connection:
            row = reading.study_row(connection, site_id, study_instance_uid)
            if row is None or row.last_received_at >= expiry.received_before:
                return None
            if expiry.in_use(connection, site_id, study_instance_uid):
                return None
            deletion = _remove(connection, site_id, study_instance_uid, actor=actor, reason=reason)
        self.finish()
        return deletion

    def records(self, site_id: str | None) -> tuple[Deletion, ...]:
        """What was removed, when, by whom and why."""
        names = [field.name for field in fields(Deletion)]
        d = tables.deletion
        asked = select(*(d.c[name] for name in names)).order_by(d.c.id)
        with self.database.read() as connection:
            rows = connection.execute(asked if site_id is None else asked.where(d.c.site_id == site_id)).all()
        return tuple(Deletion(*row) for row in rows)

    def after(self, site_id: str, number: int, *, at_most: int) -> tuple[tuple[str, ...], int]:
        """The next removals of a site after one of its; a number that a lost database had given begins anew."""
        d = tables.deletion
        of_site = select(d.c.id, d.c.study_instance_uid).where(d.c.site_id == site_id).order_by(d.c.id)
        with self.database.read() as connection:
            latest = connection.execute(select(func.max(d.c.id)).where(d.c.site_id == site_id)).scalar() or 0
            known = number if number <= latest else 0
            rows = connection.execute(of_site.where(d.c.id > known).limit(at_most)).all()
        return tuple(row.study_instance_uid for row in rows), rows[-1].id if rows else latest

    def expired(self, site_id: str, *, received_before: datetime) -> tuple[str, ...]:
        """The studies that have had no new object since a moment."""
        with self.database.read() as connection:
            return reading.studies_received_before(connection, site_id, received_before)

    def finish(self) -> int:
        """Remove the files of recorded deletions that still lie there; how many deletions were finished."""
        d = tables.deletion
        with self.database.read() as connection:
            waiting = connection.execute(select(d).where(d.c.blobs_removed_at.is_(None)).order_by(d.c.id)).all()
        for row in waiting:
            removals.keep(self.blobs, row, blobs_removed_at=None)
            with self.database.begin() as connection:
                keys = set(store.unpack(row.blob_keys))
                keys -= store.needed_blobs(connection, row.site_id, sorted(keys))
                keys |= manifests.files_left(connection, self.blobs, row.site_id, row.study_instance_uid)
                if reading.study_row(connection, row.site_id, row.study_instance_uid) is None:
                    keys.add(receipt_key(row.site_id, row.study_instance_uid))
                for key in sorted(keys):
                    self.blobs.delete(key)
                done = now()
                connection.execute(update(d).where(d.c.id == row.id).values(blobs_removed_at=done))
            removals.keep(self.blobs, row, blobs_removed_at=done)
        return len(waiting)


def leaving(connection: Connection, site_id: str) -> set[str]:
    """Files of a site that recorded deletions have yet to remove."""
    d = tables.deletion
    waiting = connection.execute(select(d.c.blob_keys).where(d.c.site_id == site_id, d.c.blobs_removed_at.is_(None)))
    return {key for packed in waiting.scalars() for key in store.unpack(packed)}


def _remove(
    connection: Connection, site_id: str, study_instance_uid: str, *, actor: str, reason: str
) -> Deletion | None:
    held = store.held_of_study(connection, site_id, study_instance_uid)
    removed = store.remove_study(connection, site_id, study_instance_uid)
    if removed is None:
        return None
    size, keys = removed
    manifests.remove(connection, site_id, study_instance_uid)
    performed.remove(connection, site_id, study_instance_uid)
    deletion = Deletion(site_id, study_instance_uid, len(keys), size, now(), actor, reason)
    _record(connection, deletion, keys, held)
    return deletion


def _record(connection: Connection, deletion: Deletion, keys: Sequence[str], instances: Sequence[HeldInstance]) -> None:
    connection.execute(
        insert(tables.deletion).values(
            site_id=deletion.site_id,
            study_instance_uid=deletion.study_instance_uid,
            number_of_instances=deletion.number_of_instances,
            size=deletion.size,
            deleted_at=deletion.deleted_at,
            deleted_by=deletion.deleted_by,
            reason=deletion.reason,
            blob_keys=store.pack(list(keys)),
            instances=store.pack([[one.sop_instance_uid, one.content_digest] for one in instances]),
        )
    )
    hub_trail.append(
        connection,
        actor=deletion.deleted_by,
        event="study.deleted",
        site_id=deletion.site_id,
        subject=deletion.study_instance_uid,
        details={"instances": deletion.number_of_instances, "bytes": deletion.size, "reason": deletion.reason},
    )
    outbox.put(
        connection,
        STUDY_CHANGED,
        {
            "site_id": deletion.site_id,
            "study_instance_uid": deletion.study_instance_uid,
            "because": "deleted",
            "instances": deletion.number_of_instances,
        },
    )
