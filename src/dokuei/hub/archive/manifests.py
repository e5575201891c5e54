"""What gateways signed about studies: kept beside the objects and in rows, the newest of each signer per study."""

import base64
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, delete, insert, select

from dokuei.clock import now
from dokuei.hub.archive import tables
from dokuei.hub.archive.model import (
    Declared,
    Manifest,
    SignedFor,
    former_manifest_key,
    manifest_folder,
    manifest_key,
)
from dokuei.hub.archive.store import pack, unpack
from dokuei.storage.blobs import Blobs

_NOBODY = ""  # announcements of before they were kept by gateway


@dataclass(frozen=True)
class Signer:
    """One gateway's word about a study, without the objects."""

    signed_by: str
    verified: bool
    at: datetime


def record(connection: Connection, site_id: str, manifest: Manifest) -> None:
    """Replace what the same gateway declared before and what it only announced; what others said stays."""
    uid = manifest.study_instance_uid
    forget_announced(connection, site_id, uid, announced_by=manifest.signed_by)
    m = tables.manifest
    connection.execute(delete(m).where(*_of(site_id, uid), m.c.signed_by == manifest.signed_by))
    connection.execute(
        insert(m).values(
            site_id=site_id,
            study_instance_uid=uid,
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


def announce(
    connection: Connection, site_id: str, study_instance_uid: str, *, announced_by: str, instances: int
) -> bool:
    """How many objects a gateway holds of a study that it has not closed; False where that was known."""
    a = tables.announced
    same = (a.c.site_id == site_id, a.c.study_instance_uid == study_instance_uid, a.c.announced_by == announced_by)
    known = connection.execute(select(a.c.instances).where(*same).with_for_update()).scalar_one_or_none()
    if known == instances:
        return False
    forget_announced(connection, site_id, study_instance_uid, announced_by=announced_by)
    values = {"study_instance_uid": study_instance_uid, "announced_by": announced_by, "instances": instances}
    connection.execute(insert(a).values(site_id=site_id, at=now(), **values))
    return True


def announced(connection: Connection, site_id: str, study_instance_uid: str) -> dict[str, int]:
    """How many objects each gateway holds of a study that it has not closed."""
    a = tables.announced.c
    asked = select(a.announced_by, a.instances).where(a.site_id == site_id, a.study_instance_uid == study_instance_uid)
    return {row.announced_by: row.instances for row in connection.execute(asked)}


def forget_announced(connection: Connection, site_id: str, study_instance_uid: str, *, announced_by: str) -> None:
    """This gateway has closed the study, or counts anew."""
    a = tables.announced
    connection.execute(
        delete(a).where(
            a.c.site_id == site_id,
            a.c.study_instance_uid == study_instance_uid,
            a.c.announced_by.in_([announced_by, _NOBODY]),
        )
    )


def withdraw(
    connection: Connection, site_id: str, *, announced_by: str, study_instance_uid: str | None = None
) -> tuple[str, ...]:
    """What a gateway announced (of one study, or at all) is not waited for; the studies that this concerns."""
    a = tables.announced
    own = [a.c.site_id == site_id, a.c.announced_by == announced_by]
    if study_instance_uid is not None:
        own.append(a.c.study_instance_uid == study_instance_uid)
    studies = tuple(connection.execute(select(a.c.study_instance_uid).where(*own)).scalars())
    connection.execute(delete(a).where(*own))
    return studies


def remove(connection: Connection, site_id: str, study_instance_uid: str) -> None:
    """Take the rows away when the study's images go."""
    a = tables.announced
    connection.execute(delete(a).where(a.c.site_id == site_id, a.c.study_instance_uid == study_instance_uid))
    connection.execute(delete(tables.manifest).where(*_of(site_id, study_instance_uid)))


def signers(connection: Connection, site_id: str, study_instance_uid: str) -> tuple[Signer, ...]:
    """Who has signed for the study, the newest last."""
    m = tables.manifest.c
    asked = select(m.signed_by, m.verified, m.received_at).where(*_of(site_id, study_instance_uid))
    return tuple(Signer(*row) for row in connection.execute(asked.order_by(m.received_at, m.signed_by)))


def signed_for(connection: Connection, site_id: str, study_instance_uid: str) -> SignedFor | None:
    """Who signed for the study last, and for how many objects all signers together; None where nobody has."""
    known = signers(connection, site_id, study_instance_uid)
    if not known:
        return None
    instances = len(declared_of(connection, site_id, study_instance_uid))
    return SignedFor(known[-1].signed_by, instances, all(one.verified for one in known), known[-1].at)


def every(connection: Connection) -> Iterator[tuple[str, str, str, tuple[Declared, ...]]]:
    """Site, study, signer and what was declared: everything that somebody has signed for."""
    m = tables.manifest.c
    listed = connection.execute(
        select(m.site_id, m.study_instance_uid, m.signed_by).order_by(m.site_id, m.study_instance_uid, m.signed_by)
    ).all()
    for site_id, study_instance_uid, signed_by in listed:
        declared = declared_by(connection, site_id, study_instance_uid).get(signed_by, ())
        yield site_id, study_instance_uid, signed_by, declared


def declared_by(connection: Connection, site_id: str, study_instance_uid: str) -> dict[str, tuple[Declared, ...]]:
    """What each gateway signed about the objects of a study, the newest last."""
    m = tables.manifest.c
    asked = select(m.signed_by, m.declared).where(*_of(site_id, study_instance_uid))
    rows = connection.execute(asked.order_by(m.received_at, m.signed_by))
    return {row.signed_by: tuple(Declared(**one) for one in unpack(row.declared)) for row in rows}


def declared_of(connection: Connection, site_id: str, study_instance_uid: str) -> dict[str, set[Declared]]:
    """What was signed about each object of a study, by SOP Instance UID; more than one where gateways contradict."""
    found: dict[str, set[Declared]] = {}
    for declared in declared_by(connection, site_id, study_instance_uid).values():
        for one in declared:
            found.setdefault(one.sop_instance_uid, set()).add(one)
    return found


def files_left(connection: Connection, blobs: Blobs, site_id: str, study_instance_uid: str) -> set[str]:
    """Files of manifests of a study that no row knows any more."""
    known = {
        manifest_key(site_id, study_instance_uid, one.signed_by)
        for one in signers(connection, site_id, study_instance_uid)
    }
    here = set(blobs.keys(manifest_folder(site_id, study_instance_uid)))
    return (here | {former_manifest_key(site_id, study_instance_uid)}) - known


def key_fits(key: str, site_id: str, manifest: Manifest) -> bool:
    """Whether a manifest's file lies where it belongs, or where it belonged when there was one a study."""
    uid = manifest.study_instance_uid
    return key in {manifest_key(site_id, uid, manifest.signed_by), former_manifest_key(site_id, uid)}


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


def _of(site_id: str, study_instance_uid: str) -> tuple[ColumnElement[bool], ...]:
    m = tables.manifest.c
    return m.site_id == site_id, m.study_instance_uid == study_instance_uid
