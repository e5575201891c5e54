"""The monthly lists of dormant accounts, in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from dokuei.clock import now
from dokuei.hub.identity.tables_rights import dormant_review

_MOST_LISTED = 24


def find(connection: Connection, month: str) -> Row[Any] | None:
    """One month's list."""
    return connection.execute(select(dormant_review).where(dormant_review.c.month == month)).one_or_none()


def add(connection: Connection, month: str, *, after_days: int, accounts: str) -> None:
    """Keep a month's list."""
    connection.execute(
        insert(dormant_review).values(month=month, made_at=now(), after_days=after_days, accounts=accounts)
    )


def latest(connection: Connection) -> Sequence[Row[Any]]:
    """The latest lists."""
    return connection.execute(select(dormant_review).order_by(dormant_review.c.month.desc()).limit(_MOST_LISTED)).all()


def review(connection: Connection, month: str, *, actor: str) -> bool:
    """Note who went through it; False where there is nothing to review."""
    noted = connection.execute(
        update(dormant_review)
        .where(dormant_review.c.month == month, dormant_review.c.reviewed_at.is_(None))
        .values(reviewed_at=now(), reviewed_by=actor)
    )
    return noted.rowcount == 1
