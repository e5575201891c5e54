"""Each gateway's last pulse, and under which UID its test patient's study comes: one row a gateway, for ever."""

from collections.abc import Collection

from sqlalchemy import Column, Connection, String, Table, Text, UniqueConstraint, delete, insert, select, update

from dokuei.hub.gateways.store import closed_study, offered
from dokuei.storage.db import hub_metadata
from dokuei.transfer.pulses import Pulse

pulse = Table(
    "gateway_pulse",
    hub_metadata,
    Column("gateway_id", String(64), primary_key=True),
    Column("site_id", String(64), nullable=False),
    Column("study_instance_uid", String(64), nullable=False),
    Column("document", Text, nullable=True),
    UniqueConstraint("site_id", "study_instance_uid"),
)


def expect(connection: Connection, *, gateway_id: str, site_id: str, study_instance_uid: str) -> None:
    """From now on this study of the site is no patient's."""
    values = {"site_id": site_id, "study_instance_uid": study_instance_uid}
    changed = connection.execute(update(pulse).where(pulse.c.gateway_id == gateway_id).values(**values))
    if not changed.rowcount:
        connection.execute(insert(pulse).values(gateway_id=gateway_id, **values))


def expected(connection: Connection, gateway_id: str) -> str | None:
    """The study that a gateway's pulse comes under."""
    asked = select(pulse.c.study_instance_uid).where(pulse.c.gateway_id == gateway_id)
    return connection.execute(asked).scalar_one_or_none()


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
    """Each pulse replaces the one before."""
    connection.execute(update(pulse).where(pulse.c.gateway_id == gateway_id).values(document=last.model_dump_json()))


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
