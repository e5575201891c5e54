"""What gateways have told of their hospitals' words, in SQL: each message once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from dokuei.clock import now
from dokuei.hub.requests.tables import notice


@dataclass(frozen=True)
class Told:
    """One message of a site and what was made of it."""

    site_id: str
    message_key: str
    source: str
    outcome: str
    reason: str
    request_id: str | None
    received_at: datetime


def is_taken(connection: Connection, site_id: str, message_key: str) -> bool:
    """Whether a message was heard and taken; one that was refused may be said again."""
    asked = select(notice.c.outcome).where(notice.c.site_id == site_id, notice.c.message_key == message_key)
    return connection.execute(asked).scalar_one_or_none() == "taken"


def put(connection: Connection, told: Told, *, actor: str) -> None:
    """Note what was made of a message, in the place of an earlier refusal."""
    connection.execute(delete(notice).where(notice.c.site_id == told.site_id, notice.c.message_key == told.message_key))
    values = {name: getattr(told, name) for name in Told.__dataclass_fields__}
    connection.execute(insert(notice).values(at=now(), actor=actor, **values))
