"""The MAC of each image, for reports that name what they rest on (PS3.3 C.17.2.1): made when an object is proved.

What was archived before there were any, or cannot be decoded, gets its MAC when it is asked for first.
"""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select, update

from dokuei.dicom.image_mac import ImageMac, mac_of_file
from dokuei.errors import StorageError
from dokuei.hub.archive.model import blob_key
from dokuei.hub.archive.reading import Scope, within
from dokuei.hub.archive.tables import instance, series, study
from dokuei.storage.blobs import Blobs
from dokuei.storage.db import Database

_JOINED = instance.join(series, series.c.id == instance.c.series_key).join(study, study.c.id == series.c.study_key)
_WORKERS = 2


def written(mac: ImageMac | None) -> str | None:
    """As its row keeps it."""
    return None if mac is None else orjson.dumps(mac.to_json()).decode()


def macs_of_study(
    database: Database, blobs: Blobs, scope: Scope, sop_instance_uids: Collection[str]
) -> dict[str, ImageMac]:
    """MACs by SOP Instance UID; one that had to be made now is kept.

    Raises:
        ProofError, NotFoundError: a stored frame is not what it was, or the object has no pixels.
    """
    with database.read() as connection:
        rows = {
            row.sop_instance_uid: row for row in _rows(connection, scope) if row.sop_instance_uid in sop_instance_uids
        }
    found = {uid: ImageMac.from_json(orjson.loads(row.mac)) for uid, row in rows.items() if row.mac is not None}
    lacking = [uid for uid in rows if uid not in found]
    if lacking:
        with ThreadPoolExecutor(_WORKERS) as pool:
            keys = [blob_key(scope.site_id, rows[uid].sha256) for uid in lacking]
            made = dict(zip(lacking, pool.map(lambda key: _made(blobs, key), keys), strict=True))
        with database.begin() as connection:
            for uid, mac in made.items():
                connection.execute(update(instance).where(instance.c.id == rows[uid].id).values(mac=written(mac)))
        found |= made
    return found


def _rows(connection: Connection, scope: Scope) -> list[Row[Any]]:
    asked = select(instance.c.id, instance.c.sop_instance_uid, instance.c.sha256, instance.c.mac).select_from(_JOINED)
    return list(connection.execute(within(asked, scope)))


def _made(blobs: Blobs, key: str) -> ImageMac:
    path = blobs.path(key)
    if path is None:
        raise StorageError("an image is no plain file here", phase="making a MAC", remedy="see the archive's folder")
    return mac_of_file(path)
