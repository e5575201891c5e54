"""Alerts, in SQL."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from dokuei.clock import now
from dokuei.hub.identity.secrets import new_id
from dokuei.hub.identity.tables_rights import security_alert

_MOST_LISTED = 200
_COLUMNS = ("alert_id", "at", "kind", "person_id", "session_id", "details", "seen_at")


def add(
    connection: Connection, kind: str, *, person_id: str | None, session_id: str | None, details: Mapping[str, Any]
) -> None:
    """Keep one."""
    connection.execute(
        insert(security_alert).values(
            alert_id=new_id(),
            at=now(),
            kind=kind,
            person_id=person_id,
            session_id=session_id,
            details=json.dumps(dict(details), ensure_ascii=False),
        )
    )


def of_owner(connection: Connection, person_id: str) -> list[dict[str, Any]]:
    """What somebody has not acknowledged, the latest first."""
    rows = connection.execute(
        select(security_alert)
        .where(security_alert.c.person_id == person_id, security_alert.c.seen_by_owner_at.is_(None))
        .order_by(security_alert.c.at.desc())
        .limit(_MOST_LISTED)
    )
    return [_read(row) for row in rows]


def latest(connection: Connection, *, without: str) -> list[dict[str, Any]]:
    """All but one kind: the open ones first, then the settled ones, the latest first."""
    rows = connection.execute(
        select(security_alert)
        .where(security_alert.c.kind != without)
        .order_by(security_alert.c.seen_at.is_not(None), security_alert.c.at.desc())
        .limit(_MOST_LISTED)
    )
    return [_read(row) for row in rows]


def note_owner(connection: Connection, alert_id: str, *, person_id: str) -> bool:
    """Its owner has seen it; False where it is not theirs, or was seen."""
    noted = connection.execute(
        update(security_alert)
        .where(
            security_alert.c.alert_id == alert_id,
            security_alert.c.person_id == person_id,
            security_alert.c.seen_by_owner_at.is_(None),
        )
        .values(seen_by_owner_at=now())
    )
    return noted.rowcount == 1


def note_seen(connection: Connection, alert_id: str, *, actor: str) -> bool:
    """An administrator has looked into it; False where there is none that waits."""
    noted = connection.execute(
        update(security_alert)
        .where(security_alert.c.alert_id == alert_id, security_alert.c.seen_at.is_(None))
        .values(seen_at=now(), seen_by=actor)
    )
    return noted.rowcount == 1


def _read(row: Row[Any]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in _COLUMNS}
    return {**values, "details": json.loads(row.details)}
