"""What gateways signed about studies: kept beside the objects and in rows, the newest per study."""

import base64
from dataclasses import asdict
from typing import Any

import orjson
from sqlalchemy import Connection, delete, insert, select

from dokuei.clock import now
from dokuei.hub.archive import tables
from dokuei.hub.archive.model import Declared, Manifest, SignedFor
from dokuei.hub.archive.store import pack, unpack


def record(connection: Connection, site_id: str, manifest: Manifest) -> None:
    """Replace what was declared before, and what was only announced."""
    m = tables.manifest
    forget_announced(connection, site_id, manifest.study_instance_uid)
    connection.execute(delete(m).where(m.c.site_id == site_id, m.c.study_instance_uid == manifest.study_instance_uid))
    connection.execute(
        insert(m).values(
            site_id=site_id,
            study_instance_uid=manifest.study_instance_uid,
            signed_by=manifest.signed_by,
            verified=manifest.verified,
            declared_instances=len(manifest.declared),
            declared_frames=sum(one.number_of_frames for one in manifest.declared),
            document=manifest.document,
            signature=manifest.signature,
            declared=pack([asdict(one) for one in manifest.declared]),
            received_at=now(),
        )
    )


def announce(connection: Connection, site_id: str, study_instance_uid: str, *, instances: int) -> bool:
    """How many objects a gateway holds of a study that it has not closed; False where that was known."""
    a = tables.announced
    known = connection.execute(
        select(a.c.instances)
        .where(a.c.site_id == site_id, a.c.study_instance_uid == study_instance_uid)
        .with_for_update()
    ).scalar_one_or_none()
    if known == instances:
        return False
    forget_announced(connection, site_id, study_instance_uid)
    connection.execute(
        insert(a).values(site_id=site_id, study_instance_uid=study_instance_uid, instances=instances, at=now())
    )
    return True


def forget_announced(connection: Connection, site_id: str, study_instance_uid: str) -> None:
    """The study is closed, or gone."""
    a = tables.announced
    connection.execute(delete(a).where(a.c.site_id == site_id, a.c.study_instance_uid == study_instance_uid))


def remove(connection: Connection, site_id: str, study_instance_uid: str) -> None:
    """Take the rows away when the study's images go."""
    m = tables.manifest
    forget_announced(connection, site_id, study_instance_uid)
    connection.execute(delete(m).where(m.c.site_id == site_id, m.c.study_instance_uid == study_instance_uid))


def is_recorded(connection: Connection, site_id: str, study_instance_uid: str) -> bool:
    """Whether somebody has signed for the study."""
    m = tables.manifest
    asked = select(m.c.study_instance_uid).where(m.c.site_id == site_id, m.c.study_instance_uid == study_instance_uid)
    return connection.execute(asked).one_or_none() is not None


def signed_for(connection: Connection, site_id: str, study_instance_uid: str) -> SignedFor | None:
    """Who signed for the study, if anybody has."""
    m = tables.manifest.c
    row = connection.execute(
        select(m.signed_by, m.declared_instances, m.verified, m.received_at).where(
            m.site_id == site_id, m.study_instance_uid == study_instance_uid
        )
    ).one_or_none()
    return None if row is None else SignedFor(*row)


def every(connection: Connection) -> tuple[tuple[str, str], ...]:
    """Site and study of all that somebody has signed for."""
    m = tables.manifest
    rows = connection.execute(select(m.c.site_id, m.c.study_instance_uid).order_by(m.c.site_id, m.c.study_instance_uid))
    return tuple((row.site_id, row.study_instance_uid) for row in rows)


def declared_of(connection: Connection, site_id: str, study_instance_uid: str) -> dict[str, Declared]:
    """What was signed about each object of a study, by SOP Instance UID; empty where nobody signed."""
    m = tables.manifest
    packed = connection.execute(
        select(m.c.declared).where(m.c.site_id == site_id, m.c.study_instance_uid == study_instance_uid)
    ).scalar_one_or_none()
    declared = () if packed is None else (Declared(**one) for one in unpack(packed))
    return {one.sop_instance_uid: one for one in declared}


def to_bytes(manifest: Manifest) -> bytes:
    """As a file beside the objects, for a database that was lost."""
    value: dict[str, Any] = {
        **asdict(manifest),
        "document": base64.b64encode(manifest.document).decode(),
        "signature": base64.b64encode(manifest.signature).decode(),
    }
    return orjson.dumps(value)


def from_bytes(data: bytes) -> Manifest:
    """Read back what ``to_bytes`` wrote.

    Raises:
        KeyError, TypeError, ValueError: the bytes are no manifest of ours.
    """
    value = orjson.loads(data)
    return Manifest(
        study_instance_uid=value["study_instance_uid"],
        signed_by=value["signed_by"],
        verified=bool(value["verified"]),
        document=base64.b64decode(value["document"]),
        signature=base64.b64decode(value["signature"]),
        declared=tuple(Declared(**one) for one in value["declared"]),
    )
