"""Steps that one of several processes is to take: claimed before, and free again a while after a crash."""

from collections.abc import Callable
from datetime import timedelta
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


def claim(connection: Connection, step: str) -> bool:
    """Whether this process is to take a step now; whoever claimed it and did not release it has died of it."""
    until = now() + _LASTS
    if add_row(connection, work_claim, step=step, until=until):
        return True
    over = (work_claim.c.step == step, work_claim.c.until <= now())
    return connection.execute(update(work_claim).where(*over).values(until=until)).rowcount == 1


def claim_due(connection: Connection, step: str, is_due: Callable[[Connection], bool]) -> bool:
    """The same, where it is still to be taken once nobody else can: another process may have taken it meanwhile."""
    if not claim(connection, step):
        return False
    due = is_due(connection)
    if not due:
        release(connection, step)
    return due


def release(connection: Connection, step: str) -> None:
    """It was taken, or came to nothing: with the note of that, in one transaction."""
    connection.execute(delete(work_claim).where(work_claim.c.step == step))
