"""Report managers and what was put before them, in SQL."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, and_, exists, func, select, update

from dokuei.clock import now
from dokuei.hub.outcomes.model import Ground, Manager, Signed
from dokuei.hub.outcomes.store import SIGNED, versions
from dokuei.hub.outcomes.tables import escalation, manager, mark, signed
from dokuei.storage.rows import add_row, put_row


def managers(connection: Connection, *, site_ids: Collection[str]) -> dict[str, Manager]:
    """Whom these sites have named; a site that has named nobody is left out."""
    rows = connection.execute(select(manager).where(manager.c.site_id.in_(site_ids)))
    return {row.site_id: Manager(row.site_id, row.person_id, row.unread_days) for row in rows}


def set_manager(connection: Connection, named: Manager, *, actor: str) -> None:
    """Whom a site names from now on."""
    values = {name: getattr(named, name) for name in Manager.__dataclass_fields__}
    put_row(connection, manager, **values, set_at=now(), set_by=actor)


def unread(connection: Connection, named: Manager, *, moment: datetime) -> tuple[Signed, ...]:
    """A site's versions that hold now, that nobody has opened for too long and that were put before nobody yet."""
    asked = select(*SIGNED).where(
        signed.c.site_id == named.site_id,
        signed.c.holds.is_(True),
        signed.c.done_at.is_(None),
        signed.c.read_at.is_(None),
        signed.c.signed_at < moment - timedelta(days=named.unread_days),
        ~exists().where(_same(escalation)),
    )
    return versions(connection.execute(asked.order_by(signed.c.signed_at)))


def add(connection: Connection, one: Signed, *, person_id: str, grounds: Iterable[Ground]) -> bool:
    """A version is before somebody's eyes; False where another process was faster."""
    return add_row(
        connection,
        escalation,
        worklist_item_id=one.worklist_item_id,
        number=one.number,
        site_id=one.site_id,
        person_id=person_id,
        grounds=" ".join(sorted(grounds)),
        at=now(),
    )


def unmailed(connection: Connection, *, but_for: Collection[str], at_most: int) -> tuple[tuple[str, int, str], ...]:
    """Case, version and person of what no mail has told yet and nobody has opened meanwhile; not of those people."""
    opened = exists().where(
        mark.c.worklist_item_id == escalation.c.worklist_item_id, mark.c.number == escalation.c.number
    )
    rows = connection.execute(
        select(escalation.c.worklist_item_id, escalation.c.number, escalation.c.person_id)
        .where(escalation.c.mailed_at.is_(None), escalation.c.person_id.not_in(but_for), ~opened)
        .order_by(escalation.c.at)
        .limit(at_most)
    )
    return tuple((row.worklist_item_id, row.number, row.person_id) for row in rows)


def is_unmailed(connection: Connection, item_id: str, number: int) -> bool:
    """Whether no mail has told of it yet."""
    asked = select(escalation.c.number).where(
        escalation.c.worklist_item_id == item_id, escalation.c.number == number, escalation.c.mailed_at.is_(None)
    )
    return connection.execute(asked).first() is not None


def note_mailed(connection: Connection, item_id: str, number: int) -> None:
    """A mail has told of it."""
    connection.execute(
        update(escalation)
        .where(escalation.c.worklist_item_id == item_id, escalation.c.number == number)
        .values(mailed_at=now())
    )


def waiting(connection: Connection, person_id: str, *, site_ids: Collection[str]) -> int:
    """How many versions that hold now stand before somebody and are unread still."""
    later = signed.alias()
    of_it = and_(later.c.worklist_item_id == escalation.c.worklist_item_id, later.c.number > escalation.c.number)
    opened = and_(mark.c.worklist_item_id == escalation.c.worklist_item_id, mark.c.number == escalation.c.number)
    asked = select(func.count()).select_from(escalation)
    return connection.execute(
        asked.where(
            escalation.c.person_id == person_id,
            escalation.c.site_id.in_(site_ids),
            ~exists().where(of_it),
            ~exists().where(opened),
        )
    ).scalar_one()


def _same(table: Table) -> ColumnElement[bool]:
    return and_(table.c.worklist_item_id == signed.c.worklist_item_id, table.c.number == signed.c.number)
