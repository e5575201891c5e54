"""Objects that may not be told apart by their UID: kept as they came, beside the archive, until staff decides."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from dokuei.clock import now
from dokuei.dicom.coded import CodedInstance
from dokuei.hub.archive import tables
from dokuei.hub.archive.model import quarantine_key
from dokuei.storage.rows import add_row


def note(
    connection: Connection,
    site_id: str,
    coded: CodedInstance,
    *,
    reason: str,
    received_from: str,
    at: datetime | None = None,
) -> None:
    """The entry that staff sees; the same bytes again add none."""
    add_row(
        connection,
        tables.quarantine,
        key=("site_id", "blob_key"),
        site_id=site_id,
        study_instance_uid=coded.study_instance_uid,
        sop_instance_uid=coded.sop_instance_uid,
        blob_key=quarantine_key(site_id, coded.sha256),
        reason=reason,
        received_from=received_from,
        at=at or now(),
    )


def waiting(connection: Connection, site_id: str) -> list[Mapping[str, Any]]:
    """Entries that nobody has decided on, oldest first."""
    q = tables.quarantine
    rows = connection.execute(
        select(q).where(q.c.site_id == site_id, q.c.resolved_at.is_(None)).order_by(q.c.id)
    ).mappings()
    return [dict(row) for row in rows]
