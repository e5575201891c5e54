"""Which objects went by a recorded deletion, so that a sender that still counts them is told and not asked for them."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from dokuei.hub.archive import store
from dokuei.hub.archive.model import blob_key
from dokuei.hub.archive.tables import deletion


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
