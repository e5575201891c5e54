"""When each object came and from whom, kept as a file beside the objects: restored files need not carry their times."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

import orjson
from sqlalchemy import Connection, select

from dokuei.errors import DokueiError, ProofError
from dokuei.hub.archive.model import blob_key, receipt_key
from dokuei.hub.archive.tables import instance, series, study
from dokuei.storage.blobs import Blobs
from dokuei.storage.db import Database

_PHASE = "reading when objects came"


@dataclass(frozen=True)
class Receipt:
    """One object's coming; ``place`` is its number in the order in which its study's objects came."""

    received_at: datetime
    received_from: str
    study_instance_uid: str = ""
    place: int = 0

    @property
    def order(self) -> tuple[datetime, str, int]:
        """What objects are sorted by to stand as they came."""
        return self.received_at, self.study_instance_uid, self.place


def keep(database: Database, blobs: Blobs, site_id: str, study_instance_uid: str) -> None:
    """Write a study's receipts where they are not what is written already."""
    with database.read() as connection:
        document = _document(connection, site_id, study_instance_uid)
    key = receipt_key(site_id, study_instance_uid)
    if document is not None and not (blobs.exists(key) and blobs.read(key) == document):
        blobs.replace(key, document)


def keep_missing(database: Database, blobs: Blobs) -> None:
    """Write the receipts of studies that have none: those of before there were any."""
    with database.read() as connection:
        rows = connection.execute(select(study.c.site_id, study.c.study_instance_uid).order_by(study.c.id)).all()
    for row in rows:
        if not blobs.exists(receipt_key(row.site_id, row.study_instance_uid)):
            keep(database, blobs, row.site_id, row.study_instance_uid)


def read(blobs: Blobs, key: str) -> dict[str, Receipt]:
    """The receipts in one file, by the key of the object's file.

    Raises:
        ProofError: the file is none of ours.
    """
    _, site_id, name = key.split("/", 2)
    try:
        return {
            blob_key(site_id, sha256): Receipt(at, sender, name.removesuffix(".json"), place)
            for place, (sha256, at, sender) in enumerate(_entries(blobs.read(key)))
        }
    except (KeyError, TypeError, ValueError) as error:
        raise ProofError("not a file of receipts", phase=_PHASE, remedy="the files' own times are taken") from error


def read_all(blobs: Blobs) -> tuple[dict[str, Receipt], dict[str, DokueiError]]:
    """All receipts by the key of the object's file, and what is wrong with files of receipts."""
    found: dict[str, Receipt] = {}
    wrong: dict[str, DokueiError] = {}
    for key in blobs.keys("receipts"):
        try:
            found |= read(blobs, key)
        except DokueiError as error:
            wrong[key] = error
    return found, wrong


def _entries(data: bytes) -> Iterator[tuple[str, datetime, str]]:
    for group in orjson.loads(data)["received"]:
        at = datetime.fromisoformat(group["at"]).astimezone(UTC)
        for sha256 in group["sha256"]:
            yield str(sha256), at, str(group["from"])


def _document(connection: Connection, site_id: str, study_instance_uid: str) -> bytes | None:
    rows = connection.execute(
        select(instance.c.sha256, instance.c.received_at, instance.c.received_from)
        .join(series, series.c.id == instance.c.series_key)
        .join(study, study.c.id == series.c.study_key)
        .where(study.c.site_id == site_id, study.c.study_instance_uid == study_instance_uid)
        .order_by(instance.c.id)
    ).all()
    groups = groupby(rows, key=lambda row: (row.received_at, row.received_from))
    received = [
        {"at": at.isoformat(), "from": sender, "sha256": [row.sha256 for row in members]}
        for (at, sender), members in groups
    ]
    return orjson.dumps({"study_instance_uid": study_instance_uid, "received": received}) if received else None
