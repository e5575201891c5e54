"""Each gateway's last pulse, and under which UID its test patient's study comes: one row a gateway, for ever.

For the time of one pulse the row holds what was asked for, and by what secret its picture may be fetched.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Column,
    Connection,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    delete,
    select,
    update,
)

from dokuei.hub.gateways.store import closed_study, offered
from dokuei.hub.identity.secrets import hashed
from dokuei.storage.db import UtcDateTime, hub_metadata
from dokuei.storage.rows import put_row
from dokuei.transfer.pulses import Pulse

pulse = Table(
    "gateway_pulse",
    hub_metadata,
    Column("gateway_id", String(64), primary_key=True),
    Column("site_id", String(64), nullable=False),
    Column("study_instance_uid", String(64), nullable=False),
    Column("document", Text, nullable=True),
    Column("asked", Text, nullable=True),
    Column("reader_hash", String(64), nullable=True),
    Column("reader_until", UtcDateTime, nullable=True),
    UniqueConstraint("site_id", "study_instance_uid"),
)
Index("ix_gateway_pulse_reader_hash", pulse.c.reader_hash)


@dataclass(frozen=True)
class Lent:
    """What a secret opens: a gateway's test study."""

    gateway_id: str
    site_id: str
    study_instance_uid: str


def expect(connection: Connection, *, gateway_id: str, site_id: str, study_instance_uid: str) -> None:
    """From now on this study of the site is no patient's."""
    put_row(
        connection,
        pulse,
        gateway_id=gateway_id,
        site_id=site_id,
        study_instance_uid=study_instance_uid,
        asked=None,
    )


def expected(connection: Connection, gateway_id: str) -> str | None:
    """The study that a gateway's pulse comes under."""
    asked = select(pulse.c.study_instance_uid).where(pulse.c.gateway_id == gateway_id)
    return connection.execute(asked).scalar_one_or_none()


def keep_asked(connection: Connection, gateway_id: str, asked: str) -> bool:
    """Keep what a gateway asks for its test patient; False where none is expected."""
    kept = connection.execute(update(pulse).where(pulse.c.gateway_id == gateway_id).values(asked=asked))
    return kept.rowcount == 1


def asked_for(connection: Connection, gateway_id: str) -> str | None:
    """What a gateway has asked for its test patient."""
    return connection.execute(select(pulse.c.asked).where(pulse.c.gateway_id == gateway_id)).scalar_one_or_none()


def lend(connection: Connection, gateway_id: str, secret: str, *, until: datetime) -> None:
    """Let this secret, and none before it, open the gateway's test study."""
    lent = {"reader_hash": hashed(secret), "reader_until": until}
    connection.execute(update(pulse).where(pulse.c.gateway_id == gateway_id).values(**lent))


def lent_to(connection: Connection, secret: str, *, at: datetime) -> Lent | None:
    """What a secret opens now."""
    asked = select(pulse.c.gateway_id, pulse.c.site_id, pulse.c.study_instance_uid)
    lent = asked.where(pulse.c.reader_hash == hashed(secret), pulse.c.reader_until > at)
    row = connection.execute(lent).one_or_none()
    return None if row is None else Lent(*row)


def is_pulse(connection: Connection, site_id: str, study_instance_uid: str) -> bool:
    """Whether a study is the test patient's of one of the site's gateways."""
    asked = select(pulse.c.gateway_id).where(
        pulse.c.site_id == site_id, pulse.c.study_instance_uid == study_instance_uid
    )
    return connection.execute(asked.limit(1)).one_or_none() is not None


def of_site(connection: Connection, site_id: str) -> tuple[str, ...]:
    """The studies that are the test patient's of a site's gateways."""
    asked = select(pulse.c.study_instance_uid).where(pulse.c.site_id == site_id)
    return tuple(connection.execute(asked).scalars())


def note(connection: Connection, gateway_id: str, last: Pulse) -> None:
    """Each pulse replaces the one before; what was asked for and lent for it is over."""
    ended = {"document": last.model_dump_json(), "asked": None, "reader_hash": None, "reader_until": None}
    connection.execute(update(pulse).where(pulse.c.gateway_id == gateway_id).values(**ended))


def last(connection: Connection, gateway_ids: Collection[str]) -> dict[str, Pulse]:
    """The last pulse of each of these gateways that has sent one."""
    asked = select(pulse.c.gateway_id, pulse.c.document).where(
        pulse.c.gateway_id.in_(sorted(gateway_ids)), pulse.c.document.is_not(None)
    )
    return {row.gateway_id: Pulse.model_validate_json(row.document) for row in connection.execute(asked)}


def forget(connection: Connection, site_id: str, study_instance_uid: str) -> None:
    """What gateways' slice remembers of a study on its way goes with it."""
    for table in (offered, closed_study):
        connection.execute(
            delete(table).where(table.c.site_id == site_id, table.c.study_instance_uid == study_instance_uid)
        )
