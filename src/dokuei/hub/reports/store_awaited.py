"""What waits for a certificate, in SQL: one version of a report at most."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from dokuei.hub.reports.awaited import MOST_REFUSALS, Awaited, Prepared
from dokuei.hub.reports.model import Signature
from dokuei.hub.reports.tables import awaited


def put(connection: Connection, new: Awaited, *, code_hash: str) -> None:
    """Wait for this, in place of what was waited for; what has timed out anywhere goes with it."""
    connection.execute(
        delete(awaited).where((awaited.c.report_id == new.report_id) | (awaited.c.expires_at <= new.asked_at))
    )
    connection.execute(
        insert(awaited).values(
            report_id=new.report_id,
            site_id=new.site_id,
            worklist_item_id=new.worklist_item_id,
            role=new.role,
            number=new.number,
            kind=new.kind,
            version_digest=new.version_digest,
            draft_version=new.draft_version,
            person_id=new.signature.person_id,
            signature=_written(new.signature),
            prepared=new.prepared.pdf,
            document_digest=new.prepared.digest.hex(),
            room_start=new.prepared.start,
            room_end=new.prepared.end,
            code_hash=code_hash,
            asked_at=new.asked_at,
            expires_at=new.expires_at,
            refused="",
            refusals=0,
        )
    )


def of_report(connection: Connection, report_id: str, *, at: datetime) -> Awaited | None:
    """What a report waits for now."""
    asked = select(awaited).where(awaited.c.report_id == report_id, awaited.c.expires_at > at)
    return _one(connection.execute(asked).one_or_none())


def of_code(connection: Connection, code_hash: str, *, at: datetime) -> Awaited | None:
    """What a code is for, while it is waited for and was not refused too often."""
    asked = select(awaited).where(
        awaited.c.code_hash == code_hash, awaited.c.expires_at > at, awaited.c.refusals < MOST_REFUSALS
    )
    return _one(connection.execute(asked).one_or_none())


def renew(connection: Connection, report_id: str, *, code_hash: str) -> None:
    """Another code, and as many attempts as at first."""
    connection.execute(
        update(awaited).where(awaited.c.report_id == report_id).values(code_hash=code_hash, refused="", refusals=0)
    )


def refuse(connection: Connection, report_id: str, *, refused: str) -> None:
    """Why the last attempt came to nothing."""
    connection.execute(
        update(awaited).where(awaited.c.report_id == report_id).values(refused=refused, refusals=awaited.c.refusals + 1)
    )


def end(connection: Connection, report_id: str) -> bool:
    """Nothing is waited for any more; whether something was."""
    return connection.execute(delete(awaited).where(awaited.c.report_id == report_id)).rowcount > 0


def _one(row: Row[Any] | None) -> Awaited | None:
    if row is None:
        return None
    return Awaited(
        report_id=row.report_id,
        site_id=row.site_id,
        worklist_item_id=row.worklist_item_id,
        role=row.role,
        number=row.number,
        kind=row.kind,
        version_digest=row.version_digest,
        draft_version=row.draft_version,
        signature=_read(row.signature, row.person_id),
        prepared=Prepared(row.prepared, bytes.fromhex(row.document_digest), row.room_start, row.room_end),
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        refused=row.refused,
        refusals=row.refusals,
    )


def _written(signature: Signature) -> str:
    return json.dumps(
        {
            "display_name": signature.display_name,
            "signed_at": signature.signed_at.isoformat(),
            "method": signature.method,
            "evidence": dict(signature.evidence),
        },
        ensure_ascii=False,
    )


def _read(text: str, person_id: str) -> Signature:
    kept = json.loads(text)
    signed_at = datetime.fromisoformat(kept["signed_at"])
    return Signature(person_id, kept["display_name"], signed_at, kept["method"], kept["evidence"])
