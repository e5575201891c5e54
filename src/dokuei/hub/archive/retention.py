"""Images go when the contract's term is over; that they were here, and who removed them when and why, stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from dokuei.clock import now
from dokuei.errors import NotFoundError
from dokuei.hub.archive import manifests, reading, store, tables
from dokuei.hub.archive.model import Deletion, manifest_key
from dokuei.hub.archive.storing import STUDY_CHANGED
from dokuei.storage import outbox
from dokuei.storage.audit import hub_trail
from dokuei.storage.blobs import Blobs
from dokuei.storage.db import Database


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
            removed = store.remove_study(connection, site_id, study_instance_uid)
            if removed is None:
                raise NotFoundError("no such study", phase="deleting images")
            size, keys = removed
            manifests.remove(connection, site_id, study_instance_uid)
            deletion = Deletion(site_id, study_instance_uid, len(keys), size, now(), actor, reason)
            _record(connection, deletion, keys)
        self.finish()
        return deletion

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
            with self.database.begin() as connection:
                keys = set(store.unpack(row.blob_keys))
                keys -= store.needed_blobs(connection, row.site_id, sorted(keys))
                if not manifests.is_recorded(connection, row.site_id, row.study_instance_uid):
                    keys.add(manifest_key(row.site_id, row.study_instance_uid))
                for key in sorted(keys):
                    self.blobs.delete(key)
                connection.execute(update(d).where(d.c.id == row.id).values(blobs_removed_at=now()))
        return len(waiting)


def _record(connection: Connection, deletion: Deletion, keys: Sequence[str]) -> None:
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
