"""Who sent a study here and that it went on to the hub, for the trail: in lines a study, never a line an object."""

from sqlalchemy import Connection, func, select

from dokuei.gateway.spool_tables import received_object
from dokuei.storage.audit import gateway_trail
from dokuei.transfer.pulses import pulse_uid


def is_pulse(gateway_id: str, study_instance_uid: str) -> bool:
    """The gateway's own test patient comes by every few minutes, and is nobody's images; by its UID in the hospital."""
    return study_instance_uid == pulse_uid(gateway_id, "study")


def announced(connection: Connection, study_instance_uid: str) -> None:
    """The first of its objects are offered to the hub."""
    gateway_trail.append(connection, actor="system", event="study.announced", subject=study_instance_uid)


def forwarded(connection: Connection, study_instance_uid: str, *, instances: int, manifest_sha256: str) -> None:
    """All of it is at the hub; each sender that it came from has a line of its own."""
    c = received_object.c
    senders = connection.execute(
        select(
            c.sending_ae,
            c.peer_address,
            func.count().label("instances"),
            func.min(c.received_at).label("first_at"),
            func.max(c.received_at).label("last_at"),
        )
        .where(c.study_instance_uid == study_instance_uid)
        .group_by(c.sending_ae, c.peer_address)
        .order_by(c.sending_ae, c.peer_address)
    ).all()
    for one in senders:
        gateway_trail.append(
            connection,
            actor=f"ae:{one.sending_ae}" if one.sending_ae else "system",
            event="instances.received",
            subject=study_instance_uid,
            details={
                "address": one.peer_address,
                "instances": one.instances,
                "first_at": one.first_at.isoformat(),
                "last_at": one.last_at.isoformat(),
            },
        )
    gateway_trail.append(
        connection,
        actor="system",
        event="study.forwarded",
        subject=study_instance_uid,
        details={"instances": instances, "manifest_sha256": manifest_sha256},
    )
