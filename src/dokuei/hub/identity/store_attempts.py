"""Failed attempts of each account and source, in SQL (AUTH-10)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from dokuei.hub.identity.tables_rights import password_attempt

_FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Attempted:
    """How often it went wrong since it last went right, and until when nothing is judged."""

    failed_attempts: int = 0
    locked_until: datetime | None = None

    def is_locked(self, moment: datetime) -> bool:
        """Whether to wait still."""
        return self.locked_until is not None and self.locked_until > moment


def of(connection: Connection, person_id: str, source: str) -> Attempted:
    """What is on record; the caller holds the account's row."""
    row = connection.execute(
        select(password_attempt.c.failed_attempts, password_attempt.c.locked_until).where(
            password_attempt.c.person_id == person_id, password_attempt.c.source == source[:64]
        )
    ).one_or_none()
    return Attempted() if row is None else Attempted(row.failed_attempts, row.locked_until)


def count(
    connection: Connection,
    person_id: str,
    source: str,
    before: Attempted,
    *,
    at_most: int,
    locked_for: timedelta,
    moment: datetime,
) -> datetime | None:
    """Note one more before it is judged, and until when the source is locked by it; what is a day old is swept."""
    failed = 1 if before.locked_until is not None else before.failed_attempts + 1
    until = moment + locked_for if failed >= at_most else None
    forget(connection, person_id, source)
    connection.execute(delete(password_attempt).where(password_attempt.c.last_at < moment - _FORGOTTEN_AFTER))
    connection.execute(
        insert(password_attempt).values(
            person_id=person_id, source=source[:64], failed_attempts=failed, last_at=moment, locked_until=until
        )
    )
    return until


def forget(connection: Connection, person_id: str, source: str) -> None:
    """It went right: what went wrong before does not count."""
    connection.execute(
        delete(password_attempt).where(
            password_attempt.c.person_id == person_id, password_attempt.c.source == source[:64]
        )
    )
