"""Steps that one of several processes is to take: claimed before, and free again a while after a crash."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Column, Connection, String, Table, delete, update

from dokuei.clock import now
from dokuei.storage.db import UtcDateTime, hub_metadata
from dokuei.storage.rows import add_row

work_claim = Table(
    "work_claim",
    hub_metadata,
    Column("step", String(200), primary_key=True),
    Column("until", UtcDateTime, nullable=False),
)
_LASTS: Final = timedelta(minutes=10)


def claim(connection: Connection, step: str) -> datetime | None:
    """What this process releases the step by, where it is to take it now; None where another is at it.

    Whoever claimed it and did not release it in time has died of it, or is so slow that its release says nothing.
    """
    until = now() + _LASTS
    if add_row(connection, work_claim, step=step, until=until):
        return until
    over = (work_claim.c.step == step, work_claim.c.until <= now())
    return until if connection.execute(update(work_claim).where(*over).values(until=until)).rowcount == 1 else None


def claim_due(connection: Connection, step: str, is_due: Callable[[Connection], bool]) -> datetime | None:
    """The same, where it is still to be taken once nobody else can: another process may have taken it meanwhile."""
    claimed = claim(connection, step)
    if claimed is None or is_due(connection):
        return claimed
    release(connection, step, claimed)
    return None


def release(connection: Connection, step: str, claimed: datetime) -> None:
    """It was taken, or came to nothing: with the note of that, in one transaction; another's claim stays."""
    connection.execute(delete(work_claim).where(work_claim.c.step == step, work_claim.c.until == claimed))
