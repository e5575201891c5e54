"""Checks of the line to the hub as the gateway knows them, with what the hub made of each."""

import json
from dataclasses import asdict, dataclass

from sqlalchemy import Column, Connection, Index, Integer, Table, Text, delete, insert, select

from dokuei.line.measured import Measured
from dokuei.storage.db import UtcDateTime, gateway_metadata
from dokuei.transfer.lines import LineVerdict

_KEPT = 1000

line_check = Table(
    "line_check",
    gateway_metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("measured", Text, nullable=False),
    Column("verdict", Text, nullable=False),
)
Index("ix_line_check_at", line_check.c.at)


@dataclass(frozen=True)
class LineRow:
    """One check."""

    measured: Measured
    verdict: LineVerdict


def note(connection: Connection, row: LineRow) -> None:
    """Keep a check; those of more than a year of checks are forgotten."""
    values = {"measured": json.dumps(asdict(row.measured)), "verdict": row.verdict.model_dump_json()}
    connection.execute(insert(line_check).values(at=row.verdict.at, **values))
    newest = select(line_check.c.id).order_by(line_check.c.id.desc()).limit(_KEPT)
    connection.execute(delete(line_check).where(line_check.c.id.not_in(newest)))


def latest(connection: Connection, *, at_most: int) -> tuple[LineRow, ...]:
    """The latest first."""
    rows = connection.execute(select(line_check).order_by(line_check.c.id.desc()).limit(at_most))
    return tuple(
        LineRow(Measured(**json.loads(row.measured)), LineVerdict.model_validate_json(row.verdict)) for row in rows
    )
