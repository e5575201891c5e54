"""How each of a hospital's systems stands with each report; a row stays as the record of that."""

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Index, Integer, Row, String, Table, Text, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from dokuei.clock import now
from dokuei.gateway import trouble_tables
from dokuei.gateway.deliver_tables import deliver_object
from dokuei.gateway.trouble_tables import Trouble
from dokuei.storage.db import UtcDateTime, gateway_metadata
from dokuei.transfer.deliveries import ARRIVED, OutletName, Place, PlaceState

Objects = tuple[tuple[str, str], ...]

deliver_outlet = Table(
    "deliver_outlet",
    gateway_metadata,
    Column("delivery_id", String(32), primary_key=True),
    Column("outlet", String(16), primary_key=True),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("destination", String(200), nullable=False),
    Column("note", Text, nullable=False),
    Column("state", String(16), nullable=False, server_default="stored"),
    Column("reason", Text, nullable=False, server_default=""),
    Column("objects", Text, nullable=False, server_default="[]"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", UtcDateTime, nullable=True),
    Column("told_at", UtcDateTime, nullable=True),  # empty: the hub does not know how it stands now
)
Index("ix_deliver_outlet_told_at", deliver_outlet.c.told_at)
Index("ix_deliver_outlet_state", deliver_outlet.c.state, deliver_outlet.c.not_before)


@dataclass(frozen=True)
class Standing:
    """How one place stands with one report.

    ``note`` is what it said when it took it, ``reason`` what is wrong; ``objects`` are SOP class and instance of what
    the PACS has taken, ``attempts`` how often it was asked to commit to them, ``not_before`` when it is asked, or
    given them, again.
    """

    delivery_id: str
    outlet: OutletName
    state: PlaceState
    changed_at: datetime
    destination: str
    note: str
    reason: str
    objects: Objects
    attempts: int
    not_before: datetime | None

    @property
    def has_arrived(self) -> bool:
        """Nothing more is asked of this place."""
        return self.state in ARRIVED

    @property
    def is_taken(self) -> bool:
        """It has arrived, or the PACS has it and is asked whether it keeps it."""
        return self.has_arrived or self.state == "accepted"

    @property
    def is_refused(self) -> bool:
        """It is not there, and why is known."""
        return self.state in {"refused", "not-committed"}

    @property
    def is_wanting(self) -> bool:
        """It is to be brought there now: it was never taken, or was given up again."""
        due = self.not_before is None or self.not_before <= now()
        return not self.is_taken and due

    def place(self) -> Place:
        """As the hub is told."""
        return Place(
            outlet=self.outlet,
            state=self.state,
            destination=self.destination,
            reason=self.reason[:1000],
            at=self.changed_at,
        )


def standings(connection: Connection, delivery_ids: Collection[str]) -> dict[str, dict[str, Standing]]:
    """Delivery → outlet → how it stands there; nothing where it was never tried."""
    found: dict[str, dict[str, Standing]] = defaultdict(dict)
    for row in connection.execute(select(deliver_outlet).where(deliver_outlet.c.delivery_id.in_(delivery_ids))):
        found[row.delivery_id][row.outlet] = _standing(row)
    return found


def to_ask(connection: Connection) -> tuple[Standing, ...]:
    """What the PACS has taken and is to be asked to commit to now, the oldest first."""
    c = deliver_outlet.c
    due = or_(c.not_before.is_(None), c.not_before <= now())
    rows = connection.execute(
        select(deliver_outlet).where(c.state == "accepted", due).order_by(c.changed_at, c.delivery_id).limit(100)
    )
    return tuple(_standing(row) for row in rows)


def put(
    connection: Connection,
    delivery_id: str,
    outlet: OutletName,
    *,
    state: PlaceState,
    destination: str,
    note: str = "",
    reason: str = "",
    objects: Objects = (),
) -> None:
    """How it stands there from now on; what is the same as before is not news to anybody."""
    known = standings(connection, [delivery_id])[delivery_id].get(outlet)
    values: dict[str, Any] = {
        "state": state,
        "destination": destination[:200],
        "note": note,
        "reason": reason,
        "objects": json.dumps(objects),
        "not_before": None,
    }
    if known is None or (known.state, known.destination, known.reason) != (state, values["destination"], reason):
        values |= _news()
    row = {"delivery_id": delivery_id, "outlet": outlet, "changed_at": now(), **values}
    connection.execute(
        insert(deliver_outlet).values(row).on_conflict_do_update(index_elements=["delivery_id", "outlet"], set_=values)
    )


def asked(connection: Connection, one: Standing, *, until: datetime, reason: str = "") -> None:
    """The PACS was asked once more, and is asked again then where nothing is heard; what has changed since stays."""
    values: dict[str, Any] = {"attempts": one.attempts + 1, "not_before": until, "reason": reason}
    if reason != one.reason:
        values |= _news()
    c = deliver_outlet.c
    same = (c.delivery_id == one.delivery_id, c.outlet == one.outlet, c.changed_at == one.changed_at)
    connection.execute(update(deliver_outlet).where(*same, c.state == "accepted").values(**values))


def settle(
    connection: Connection, one: Standing, *, state: PlaceState, until: datetime | None = None, reason: str = ""
) -> bool:
    """What became of what the PACS had taken; False where that was settled already."""
    c = deliver_outlet.c
    changed = connection.execute(
        update(deliver_outlet)
        .where(c.delivery_id == one.delivery_id, c.outlet == one.outlet, c.state == "accepted")
        .values(state=state, not_before=until, reason=reason, attempts=c.attempts + 1, **_news())
    )
    return changed.rowcount == 1


def untold(connection: Connection, *, but: Collection[str] = ()) -> frozenset[str]:
    """Deliveries with news of a place that the hub has not been told, the oldest news first."""
    c = deliver_outlet.c
    news = select(c.delivery_id).where(c.told_at.is_(None), c.delivery_id.not_in(but))
    return frozenset(connection.execute(news.order_by(c.changed_at).limit(200)).scalars())


def mark_told(connection: Connection, told: Collection[Standing]) -> None:
    """The hub knows these as they stood; what has changed since is news again."""
    c = deliver_outlet.c
    for one in told:
        same = (c.delivery_id == one.delivery_id, c.outlet == one.outlet, c.changed_at == one.changed_at)
        connection.execute(update(deliver_outlet).where(*same).values(told_at=now()))


def _news() -> dict[str, datetime | None]:
    return {"changed_at": now(), "told_at": None}


@dataclass(frozen=True)
class Line:
    """One report object at one place, for people; ``state`` is ``waiting`` where it was never tried there."""

    study_instance_uid: str
    kind: str
    version: int
    stamps: int
    outlet: str
    state: str
    destination: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class ReportCounts:
    """How many report objects have arrived, how many not; ``places`` are some of them, place by place.

    ``troubles`` is what goes wrong between gateway and hub.
    """

    arrived: int
    waiting: int
    places: tuple[Line, ...]
    troubles: tuple[Trouble, ...] = ()


def counts(connection: Connection, *, at_most: int) -> ReportCounts:
    """For the status: what has not arrived first, then the newest."""
    at = deliver_object.c.stored_at
    row = connection.execute(select(func.count(at), func.count()).select_from(deliver_object)).one()
    return ReportCounts(
        arrived=row[0],
        waiting=row[1] - row[0],
        places=_lines(connection, at_most=at_most),
        troubles=trouble_tables.every(connection),
    )


def _lines(connection: Connection, *, at_most: int) -> tuple[Line, ...]:
    d, c = deliver_object.c, deliver_outlet.c
    joined = deliver_object.outerjoin(deliver_outlet, c.delivery_id == d.delivery_id)
    rows = connection.execute(
        select(deliver_object, *(c[name] for name in ("outlet", "state", "changed_at", "reason")))
        .add_columns(c.destination.label("place"))
        .select_from(joined)
        .where(or_(c.outlet.is_not(None), d.stored_at.is_(None)))
        .order_by(c.state.in_(ARRIVED), c.changed_at.desc(), d.fetched_at.desc())
        .limit(at_most)
    )
    return tuple(_line(row) for row in rows)


def _line(row: Row[Any]) -> Line:
    return Line(
        study_instance_uid=row.study_instance_uid,
        kind=row.kind,
        version=row.version,
        stamps=row.stamps,
        outlet=row.outlet or "",
        state=row.state or "waiting",
        destination=row.place or "",
        reason=row.error if row.outlet is None else row.reason,
        at=row.changed_at or row.fetched_at,
    )


def _standing(row: Row[Any]) -> Standing:
    told = {name: getattr(row, name) for name in Standing.__dataclass_fields__}
    return Standing(**{**told, "objects": objects_in(row.objects)})


def objects_in(text: str) -> Objects:
    """SOP class and instance of each, as a row keeps them."""
    return tuple((sop_class, sop_instance) for sop_class, sop_instance in json.loads(text))
