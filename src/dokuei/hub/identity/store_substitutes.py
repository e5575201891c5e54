"""Substitutes for lost keys, and the emergency account's openings, in SQL."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from dokuei.clock import now
from dokuei.hub.identity.secrets import new_id
from dokuei.hub.identity.tables_rights import substitute

_MOST_LISTED = 50


@dataclass(frozen=True)
class Substitute:
    """One substitute: who asked, who issued, and until when it opens the account."""

    substitute_id: str
    kind: str
    person_id: str
    reason: str
    hours: int
    requested_by: str
    requested_at: datetime
    first_hash: str
    issued_by: str | None
    issued_at: datetime | None
    second_hash: str | None
    expires_at: datetime
    failed_attempts: int
    locked_until: datetime | None
    used_at: datetime | None
    ended_at: datetime | None

    def is_open(self, moment: datetime) -> bool:
        """Whether it waits for its second half, or opens the account."""
        return self.ended_at is None and self.expires_at > moment


_COLUMNS = [substitute.c[name] for name in Substitute.__dataclass_fields__]


def add(
    connection: Connection, *, kind: str, person_id: str, reason: str, hours: int, actor: str, first_hash: str
) -> str:
    """Keep the first half; it waits as long as it would last."""
    substitute_id, moment = new_id(), now()
    connection.execute(
        insert(substitute).values(
            substitute_id=substitute_id,
            kind=kind,
            person_id=person_id,
            reason=reason,
            hours=hours,
            requested_by=actor,
            requested_at=moment,
            first_hash=first_hash,
            expires_at=moment + timedelta(hours=hours),
            failed_attempts=0,
        )
    )
    return substitute_id


def find(connection: Connection, substitute_id: str) -> Substitute | None:
    """One of them, its row held until the transaction ends."""
    query = select(*_COLUMNS).where(substitute.c.substitute_id == substitute_id).with_for_update()
    return _one(connection.execute(query).one_or_none())


def issue(connection: Connection, substitute_id: str, *, actor: str, second_hash: str, expires_at: datetime) -> None:
    """Keep the second half; the hours begin."""
    connection.execute(
        update(substitute)
        .where(substitute.c.substitute_id == substitute_id)
        .values(issued_by=actor, issued_at=now(), second_hash=second_hash, expires_at=expires_at)
    )


def open_for(connection: Connection, person_id: str, moment: datetime) -> Substitute | None:
    """The latest that opens somebody's account now, its row held until the transaction ends."""
    query = (
        select(*_COLUMNS)
        .where(
            substitute.c.person_id == person_id,
            substitute.c.second_hash.is_not(None),
            substitute.c.ended_at.is_(None),
            substitute.c.expires_at > moment,
        )
        .order_by(substitute.c.issued_at.desc())
        .limit(1)
        .with_for_update()
    )
    return _one(connection.execute(query).one_or_none())


def count(connection: Connection, substitute_id: str, *, failed: int, locked_until: datetime | None) -> None:
    """Note a wrong attempt."""
    connection.execute(
        update(substitute)
        .where(substitute.c.substitute_id == substitute_id)
        .values(failed_attempts=failed, locked_until=locked_until)
    )


def use(connection: Connection, substitute_id: str) -> None:
    """Note that it let somebody in."""
    connection.execute(
        update(substitute)
        .where(substitute.c.substitute_id == substitute_id)
        .values(used_at=now(), failed_attempts=0, locked_until=None)
    )


def end(connection: Connection, person_id: str, *, actor: str, before: datetime | None) -> bool:
    """End all of somebody's, or those that are over; whether there was any."""
    ending = update(substitute).where(substitute.c.person_id == person_id, substitute.c.ended_at.is_(None))
    if before is not None:
        ending = ending.where(substitute.c.expires_at <= before)
    return connection.execute(ending.values(ended_at=now(), ended_by=actor)).rowcount > 0


def unended(connection: Connection) -> tuple[Substitute, ...]:
    """Those that nobody has ended, over or not."""
    return _every(connection.execute(select(*_COLUMNS).where(substitute.c.ended_at.is_(None))).all())


def latest(connection: Connection) -> tuple[Substitute, ...]:
    """The latest, open or over."""
    query = select(*_COLUMNS).order_by(substitute.c.requested_at.desc()).limit(_MOST_LISTED)
    return _every(connection.execute(query).all())


def _every(rows: Any) -> tuple[Substitute, ...]:
    return tuple(Substitute(*row) for row in rows)


def _one(row: Row[Any] | None) -> Substitute | None:
    return None if row is None else _every([row])[0]
