"""Outcomes in SQL: every reading query is scoped by the sites that the asker may see."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, func, insert, select

from dokuei.clock import now
from dokuei.hub.outcomes.model import Escalation, Ground, Mark, Outcome, Signed
from dokuei.hub.outcomes.tables import escalation, important, mark, signed

Kind = Literal["opened", "acted"]
_MOST_LISTED = 2000
_AT_ONCE = 500


def add_signed(connection: Connection, one: Signed) -> None:
    """A version was signed; telling it twice changes nothing."""
    key = [signed.c.worklist_item_id == one.worklist_item_id, signed.c.number == one.number]
    if connection.execute(select(signed.c.number).where(*key)).first() is None:
        connection.execute(insert(signed).values(**{name: getattr(one, name) for name in Signed.__dataclass_fields__}))


def latest(connection: Connection, item_id: str, *, site_ids: Collection[str], lock: bool = False) -> Signed | None:
    """The version of a case's report that holds now; ``lock`` lets those who mark it queue."""
    asked = (
        select(signed)
        .where(signed.c.worklist_item_id == item_id, signed.c.site_id.in_(site_ids))
        .order_by(signed.c.number.desc())
        .limit(1)
    )
    row = connection.execute(asked.with_for_update() if lock else asked).one_or_none()
    return None if row is None else Signed(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping


def signed_between(
    connection: Connection, *, site_ids: Collection[str], since: datetime | None, until: datetime | None
) -> tuple[Signed, ...]:
    """The versions that hold now of reports of some sites, the newest first, at most ``_MOST_LISTED``."""
    holds = (
        select(signed.c.worklist_item_id, func.max(signed.c.number).label("number"))
        .where(signed.c.site_id.in_(site_ids))
        .group_by(signed.c.worklist_item_id)
        .subquery()
    )
    asked = select(signed).join(
        holds, (holds.c.worklist_item_id == signed.c.worklist_item_id) & (holds.c.number == signed.c.number)
    )
    if since is not None:
        asked = asked.where(signed.c.signed_at >= since)
    if until is not None:
        asked = asked.where(signed.c.signed_at < until)
    rows = connection.execute(asked.order_by(signed.c.signed_at.desc()).limit(_MOST_LISTED))
    return tuple(Signed(**row._mapping) for row in rows)  # noqa: SLF001 - as above


def add_mark(connection: Connection, one: Signed, kind: Kind, *, person_id: str, note: str = "") -> bool:
    """Somebody opened or acted on a version; the first time of each person counts. Whether it was that."""
    key = {"worklist_item_id": one.worklist_item_id, "number": one.number, "kind": kind, "person_id": person_id}
    known = select(mark.c.at).where(*(mark.c[name] == value for name, value in key.items()))
    if connection.execute(known).first() is not None:
        return False
    connection.execute(insert(mark).values(**key, at=now(), note=note))
    return True


def add_important(connection: Connection, one: Signed, *, person_id: str, because: str, withdrawn: bool) -> None:
    """A reader says that a finding must not be overlooked, or takes that back with a reason."""
    connection.execute(
        insert(important).values(
            worklist_item_id=one.worklist_item_id,
            site_id=one.site_id,
            person_id=person_id,
            at=now(),
            because=because,
            withdrawn=int(withdrawn),
        )
    )


def outcomes(connection: Connection, versions: Iterable[Signed]) -> tuple[Outcome, ...]:
    """Versions with all that became of them; who asks has seen to access."""
    versions = tuple(versions)
    ids = [one.worklist_item_id for one in versions]
    marks: dict[tuple[str, int, str], list[Mark]] = defaultdict(list)
    flags: dict[str, Mark | None] = {}
    told: dict[tuple[str, int], Escalation] = {}
    for at in range(0, len(ids), _AT_ONCE):
        some = ids[at : at + _AT_ONCE]
        asked = select(mark).where(mark.c.worklist_item_id.in_(some)).order_by(mark.c.at)
        for row in connection.execute(asked):
            marks[row.worklist_item_id, row.number, row.kind].append(Mark(row.person_id, row.at, row.note))
        said = select(important).where(important.c.worklist_item_id.in_(some)).order_by(important.c.id)
        for row in connection.execute(said):
            flags[row.worklist_item_id] = None if row.withdrawn else Mark(row.person_id, row.at, row.because)
        for row in connection.execute(select(escalation).where(escalation.c.worklist_item_id.in_(some))):
            grounds = tuple(Ground(ground) for ground in row.grounds.split())
            told[row.worklist_item_id, row.number] = Escalation(row.person_id, row.at, grounds)
    return tuple(
        Outcome(
            signed=one,
            opened=tuple(marks[one.worklist_item_id, one.number, "opened"]),
            acted=next(iter(marks[one.worklist_item_id, one.number, "acted"]), None),
            important=flags.get(one.worklist_item_id),
            escalated=told.get((one.worklist_item_id, one.number)),
        )
        for one in versions
    )
