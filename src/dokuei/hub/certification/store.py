"""Recorded certifications, in SQL; none is ever deleted."""

from sqlalchemy import Column, Connection, Row, String, Table, insert, select, update

from dokuei.clock import now
from dokuei.hub.certification.model import Certification
from dokuei.storage.db import UtcDateTime, hub_metadata

certification = Table(
    "certification",
    hub_metadata,
    Column("certification_id", String(32), primary_key=True),
    Column("number", String(100), nullable=False),
    Column("holder", String(200), nullable=False),
    Column("version", String(40), nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("recorded_by", String(200), nullable=False),
    Column("withdrawn_at", UtcDateTime, nullable=True),
    Column("withdrawn_by", String(200), nullable=True),
)
_FIELDS = tuple(Certification.__dataclass_fields__)


def add(connection: Connection, new: Certification) -> None:
    """Keep one."""
    connection.execute(insert(certification).values(**{name: getattr(new, name) for name in _FIELDS}))


def every(connection: Connection) -> tuple[Certification, ...]:
    """All of them, the latest first."""
    rows = connection.execute(select(certification).order_by(certification.c.recorded_at.desc()))
    return tuple(_certification(row) for row in rows)


def withdraw(connection: Connection, certification_id: str, *, actor: str) -> bool:
    """Let one count no longer; whether it did."""
    withdrawn = connection.execute(
        update(certification)
        .where(certification.c.certification_id == certification_id, certification.c.withdrawn_at.is_(None))
        .values(withdrawn_at=now(), withdrawn_by=actor)
    )
    return withdrawn.rowcount == 1


def _certification(row: Row[tuple[object, ...]]) -> Certification:
    return Certification(**{name: getattr(row, name) for name in _FIELDS})
