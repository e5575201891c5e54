"""Report managers and what was put before them, in SQL."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, and_, exists, func, select, update

from dokuei.clock import now
from dokuei.hub.outcomes.mailing import Notice
from dokuei.hub.outcomes.model import Ground, Limits, Manager, Signed
from dokuei.hub.outcomes.store import SIGNED, versions
from dokuei.hub.outcomes.tables import escalation, manager, mark, signed
from dokuei.storage.rows import add_row, put_row


def managers(connection: Connection, *, site_ids: Collection[str]) -> dict[str, Manager]:
    """Whom these sites have named; a site that has named nobody is left out."""
    rows = connection.execute(select(manager).where(manager.c.site_id.in_(site_ids)))
    return {
        row.site_id: Manager(
            row.site_id, row.person_id, row.unread_days, Limits(row.first_minutes, row.second_hours, row.third_days)
        )
        for row in rows
    }


def set_manager(connection: Connection, named: Manager, *, actor: str) -> None:
    """Whom a site names from now on."""
    values = asdict(named)
    put_row(connection, manager, **values.pop("limits"), **values, set_at=now(), set_by=actor)


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


class Unmailed:
    """Versions that were put before somebody, as mails that are to go out."""

    def unmailed(self, connection: Connection, *, but_for: Collection[str], at_most: int) -> tuple[Notice, ...]:
        """What no mail has told yet and nobody has opened meanwhile; not of those people."""
        opened = exists().where(
            mark.c.worklist_item_id == escalation.c.worklist_item_id, mark.c.number == escalation.c.number
        )
        rows = connection.execute(
            select(escalation.c.worklist_item_id, escalation.c.number, escalation.c.person_id)
            .where(escalation.c.mailed_at.is_(None), escalation.c.person_id.not_in(but_for), ~opened)
            .order_by(escalation.c.at)
            .limit(at_most)
        )
        return tuple(
            Notice(f"escalation mail {item_id} {number}", person_id, item_id, (item_id, number))
            for item_id, number, person_id in rows
        )

    def is_unmailed(self, connection: Connection, notice: Notice) -> bool:
        """Whether no mail has told of it yet."""
        asked = select(escalation.c.number).where(*_of(notice), escalation.c.mailed_at.is_(None))
        return connection.execute(asked).first() is not None

    def note_mailed(self, connection: Connection, notice: Notice) -> None:
        """A mail has told of it."""
        connection.execute(update(escalation).where(*_of(notice)).values(mailed_at=now()))


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


def _of(notice: Notice) -> tuple[ColumnElement[bool], ...]:
    item_id, number = notice.key
    return escalation.c.worklist_item_id == item_id, escalation.c.number == number
