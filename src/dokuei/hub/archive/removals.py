"""Which objects went by a recorded deletion, so that a sender that still counts them is told and not asked for them.

The record is a row, and a file beside the objects: a database that was lost must not call removed objects lacking.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import Connection, Row, insert, select

from dokuei.errors import ProofError
from dokuei.hub.archive import store
from dokuei.hub.archive.model import blob_key, removal_key
from dokuei.hub.archive.tables import deletion
from dokuei.storage.blobs import Blobs
from dokuei.storage.db import Database

_PHASE: Final = "reading what was removed"
_MOMENTS: Final = ("deleted_at", "blobs_removed_at")
_PACKED: Final = ("blob_keys", "instances")
_PLAIN: Final = ("site_id", "study_instance_uid", "number_of_instances", "size", "deleted_by", "reason")


@dataclass(frozen=True)
class Removed:
    """What was removed of one study: UID and content digest, or files alone in records of before UIDs were noted."""

    site_id: str
    instances: frozenset[tuple[str, str]]
    files: frozenset[str]

    def has(self, sop_instance_uid: str, content_digest: str, sha256: str = "") -> bool:
        """Whether this very content was here and was removed on purpose."""
        known = (sop_instance_uid, content_digest) in self.instances
        return known or (bool(sha256) and blob_key(self.site_id, sha256) in self.files)


def of_study(connection: Connection, site_id: str, study_instance_uid: str) -> Removed:
    """All deletions of a study together."""
    d = deletion.c
    rows = connection.execute(
        select(d.instances, d.blob_keys).where(d.site_id == site_id, d.study_instance_uid == study_instance_uid)
    ).all()
    noted = [row.instances for row in rows if row.instances is not None]
    unnoted = [row.blob_keys for row in rows if row.instances is None]
    return Removed(
        site_id,
        frozenset((uid, digest) for packed in noted for uid, digest in store.unpack(packed)),
        frozenset(key for packed in unnoted for key in store.unpack(packed)),
    )


def keep(blobs: Blobs, row: Row[Any], *, blobs_removed_at: datetime | None) -> None:
    """Write a record beside the objects: before their files go, and again when they are gone."""
    told: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN}
    told |= {"deleted_at": row.deleted_at, "blobs_removed_at": blobs_removed_at}
    told |= {name: None if (packed := getattr(row, name)) is None else store.unpack(packed) for name in _PACKED}
    key = removal_key(row.site_id, row.study_instance_uid, row.deleted_at)
    document = orjson.dumps(told)
    if not (blobs.exists(key) and blobs.read(key) == document):
        blobs.replace(key, document)


def keep_missing(database: Database, blobs: Blobs) -> None:
    """Write the records that have no file: those of before there were any."""
    d = deletion.c
    with database.read() as connection:
        rows = connection.execute(select(deletion).where(d.blobs_removed_at.is_not(None)).order_by(d.id)).all()
    for row in rows:
        if not blobs.exists(removal_key(row.site_id, row.study_instance_uid, row.deleted_at)):
            keep(blobs, row, blobs_removed_at=row.blobs_removed_at)


def add_from_file(connection: Connection, key: str, data: bytes) -> bool:
    """The row that a file tells of, where it is missing; whether it was.

    Raises:
        ProofError: the file is none of ours.
    """
    try:
        told = orjson.loads(data)
        values: dict[str, Any] = {name: told[name] for name in _PLAIN}
        values |= {name: told[name] and datetime.fromisoformat(told[name]) for name in _MOMENTS}
        values |= {name: None if told[name] is None else store.pack(told[name]) for name in _PACKED}
        fits = key == removal_key(values["site_id"], values["study_instance_uid"], values["deleted_at"])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ProofError("not a record of a removal", phase=_PHASE) from error
    if not fits:
        raise ProofError("a record of another removal than its name says", phase=_PHASE)
    same = [deletion.c[name] == values[name] for name in ("site_id", "study_instance_uid", "deleted_at")]
    if connection.execute(select(deletion.c.id).where(*same)).first() is not None:
        return False
    connection.execute(insert(deletion).values(**values))
    return True
