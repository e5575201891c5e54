"""How fast uploads go now and what the line carried last, for whoever asks while the worker is at work."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Column, Connection, Integer, Table, func, select
from sqlalchemy.dialects.sqlite import insert

from dokuei.gateway.spool_tables import received_object
from dokuei.gateway.spool_view import State
from dokuei.storage.db import UtcDateTime, gateway_metadata

_FRESH = timedelta(seconds=10)
_ON_ITS_WAY = (State.RECEIVED, State.CODING, State.CODED, State.FORWARDING, State.FORWARDED)

sending = Table(
    "sending",
    gateway_metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("bytes_per_second", BigInteger, nullable=False),
    Column("line_bytes_per_second", BigInteger, nullable=True),
    Column("streams", Integer, nullable=False),
)


@dataclass(frozen=True)
class SendingNow:
    """Bytes of all uploads together; ``line_bytes_per_second`` is what came through when nothing but the line held."""

    at: datetime
    bytes_per_second: int = 0
    line_bytes_per_second: int | None = None
    streams: int = 1

    def is_fresh(self, at: datetime) -> bool:
        """Whether it says anything of now."""
        return at - self.at < _FRESH


@dataclass(frozen=True)
class Left:
    """A study of which ``size`` bytes are still to be sent, as coded where they are and as received where not."""

    study_instance_uid: str
    urgent: bool
    size: int


def note(connection: Connection, now: SendingNow) -> None:
    """Keep the latest."""
    values = asdict(now)
    connection.execute(insert(sending).values(id=1, **values).on_conflict_do_update(index_elements=["id"], set_=values))


def latest(connection: Connection) -> SendingNow | None:
    """What was noted last, however long ago."""
    row = connection.execute(select(sending).where(sending.c.id == 1)).one_or_none()
    return None if row is None else SendingNow(row.at, row.bytes_per_second, row.line_bytes_per_second, row.streams)


def left(connection: Connection, under_way: Mapping[str, int]) -> list[Left]:
    """Studies (as received) that are not all there, in the order in which they are sent.

    ``under_way`` is how many received bytes the hub's unfinished parts stand for.
    """
    c = received_object.c
    priority, received = func.max(c.priority).label("priority"), func.sum(c.size).label("received")
    coded = func.sum(func.coalesce(func.json_extract(c.coded, "$.size"), c.size)).label("coded")
    rows = connection.execute(
        select(c.study_instance_uid, priority, received, coded)
        .where(c.state.in_(_ON_ITS_WAY))
        .group_by(c.study_instance_uid)
        .order_by(priority.desc(), func.min(c.id))
    )
    return [
        Left(
            row.study_instance_uid,
            row.priority > 0,
            _unsent(row.coded, row.received, under_way.get(row.study_instance_uid, 0)),
        )
        for row in rows
    ]


def _unsent(coded: int, received: int, under_way: int) -> int:
    return max(0, coded - coded * under_way // received) if received else coded
