"""Whom to nudge, and when the last nudge went, in SQL."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, or_, select, update

from dokuei.clock import now
from dokuei.hub.messages.model import Case
from dokuei.hub.messages.tables import mail_address, nudge
from dokuei.storage.rows import add_row, put_row


@dataclass(frozen=True)
class Nudge:
    """A nudge that waits to be sent."""

    person_id: str
    worklist_item_id: str
    site_id: str
    wanted_at: datetime
    attempts: int
    sent_at: datetime | None


def address_of(connection: Connection, person_id: str) -> str:
    """Where somebody wants nudges; empty: nowhere."""
    asked = select(mail_address.c.address).where(mail_address.c.person_id == person_id)
    return connection.execute(asked).scalar_one_or_none() or ""


def set_address(connection: Connection, person_id: str, address: str) -> None:
    """Where somebody wants nudges from now on; empty: nowhere."""
    if address:
        put_row(connection, mail_address, person_id=person_id, address=address, set_at=now())
    else:
        connection.execute(delete(mail_address).where(mail_address.c.person_id == person_id))


def addressed(connection: Connection) -> tuple[str, ...]:
    """Everybody who wants nudges."""
    return tuple(connection.execute(select(mail_address.c.person_id)).scalars())


def want(connection: Connection, case: Case, person_id: str) -> None:
    """Somebody is to be nudged about a case; where that waits already, it waits on."""
    item_id = case.worklist_item_id
    if not add_row(
        connection,
        nudge,
        person_id=person_id,
        worklist_item_id=item_id,
        site_id=case.site_id,
        wanted_at=now(),
        attempts=0,
    ):
        mine = (nudge.c.person_id == person_id, nudge.c.worklist_item_id == item_id, nudge.c.wanted_at.is_(None))
        connection.execute(update(nudge).where(*mine).values(wanted_at=now(), not_before=None, attempts=0))


def due(connection: Connection, *, moment: datetime, pause: timedelta, at_most: int = 100) -> tuple[Nudge, ...]:
    """What may be sent now: no second one to one person about one case within the pause."""
    rows = connection.execute(
        select(nudge)
        .where(
            nudge.c.wanted_at.is_not(None),
            or_(nudge.c.not_before.is_(None), nudge.c.not_before <= moment),
            or_(nudge.c.sent_at.is_(None), nudge.c.sent_at <= moment - pause),
        )
        .order_by(nudge.c.wanted_at)
        .limit(at_most)
    )
    return tuple(
        Nudge(row.person_id, row.worklist_item_id, row.site_id, row.wanted_at, row.attempts, row.sent_at)
        for row in rows
    )


def take(connection: Connection, one: Nudge, *, sent: bool) -> bool:
    """Take a nudge off the list before it goes out: a crash may lose one, and never sends two."""
    taken = connection.execute(
        update(nudge)
        .where(
            nudge.c.person_id == one.person_id,
            nudge.c.worklist_item_id == one.worklist_item_id,
            nudge.c.wanted_at == one.wanted_at,
        )
        .values(wanted_at=None, not_before=None, last_error=None, **({"sent_at": now()} if sent else {}))
    )
    return taken.rowcount == 1


def put_back(connection: Connection, one: Nudge, *, not_before: datetime, error: str) -> None:
    """It was not taken by the server: it waits, and is tried again."""
    connection.execute(
        update(nudge)
        .where(nudge.c.person_id == one.person_id, nudge.c.worklist_item_id == one.worklist_item_id)
        .values(
            wanted_at=one.wanted_at,
            sent_at=one.sent_at,
            not_before=not_before,
            attempts=one.attempts + 1,
            last_error=error,
        )
    )
