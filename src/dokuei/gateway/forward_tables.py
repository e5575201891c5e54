"""What forwarding remembers beside the queue: how far each study is, and when the hub was last heard of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, Integer, String, Table, Text, and_, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from dokuei.gateway.spool_tables import received_object, study_priority
from dokuei.gateway.spool_view import State
from dokuei.storage.db import UtcDateTime, gateway_metadata

_AT_ONCE = 500

forward_study = Table(
    "forward_study",
    gateway_metadata,
    Column("study_instance_uid", String(64), primary_key=True),
    Column("under_way_bytes", BigInteger, nullable=False, server_default="0"),
    Column("at_hub_instances", Integer, nullable=False, server_default="0"),
    Column("at_hub_at", UtcDateTime, nullable=True),
    Column("manifest_sha256", String(64), nullable=False, server_default=""),
)

hub_contact = Table(
    "hub_contact",
    gateway_metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("last_contact_at", UtcDateTime, nullable=True),
    Column("error", Text, nullable=False, server_default=""),
    Column("worker_at", UtcDateTime, nullable=True),
    Column("removals_heard", Integer, nullable=False, server_default="0"),
)


@dataclass(frozen=True)
class StudyAtHub:
    """What the hub has of a study; ``at_hub_instances`` counts what its last closed manifest held."""

    under_way_bytes: int
    at_hub_instances: int
    at_hub_at: datetime | None


@dataclass(frozen=True)
class Waiting:
    """A study with ``coded`` objects that are to be offered."""

    study_instance_uid: str
    priority: int
    coded: int


@dataclass(frozen=True)
class Contact:
    """When the hub last answered, what is wrong now, and when the worker last lived.

    ``removals_heard`` is how far the hub's record of removals has been heard.
    """

    last_contact_at: datetime | None = None
    error: str = ""
    worker_at: datetime | None = None
    removals_heard: int = 0


def note_under_way(connection: Connection, bytes_there: Mapping[str, int]) -> None:
    """How many bytes of unfinished objects the hub has, by study."""
    for study_instance_uid, count in bytes_there.items():
        values = {"study_instance_uid": study_instance_uid, "under_way_bytes": count}
        connection.execute(
            insert(forward_study)
            .values(values)
            .on_conflict_do_update(index_elements=["study_instance_uid"], set_={"under_way_bytes": count})
        )


def note_at_hub(
    connection: Connection, study_instance_uid: str, *, instances: int, manifest_sha256: str, at: datetime
) -> None:
    """The hub has said that every object of the signed manifest is stored and proved."""
    known = {
        "under_way_bytes": 0,
        "at_hub_instances": instances,
        "at_hub_at": at,
        "manifest_sha256": manifest_sha256,
    }
    connection.execute(
        insert(forward_study)
        .values(study_instance_uid=study_instance_uid, **known)
        .on_conflict_do_update(index_elements=["study_instance_uid"], set_=known)
    )


def under_way(connection: Connection) -> dict[str, int]:
    """For each study of which the hub has parts that it has not judged, the received bytes that they stand for."""
    c = forward_study.c
    rows = connection.execute(select(c.study_instance_uid, c.under_way_bytes).where(c.under_way_bytes > 0))
    return {row.study_instance_uid: row.under_way_bytes for row in rows}


def studies_at_hub(connection: Connection, study_instance_uids: Sequence[str]) -> dict[str, StudyAtHub]:
    """What is known of these studies."""
    found: dict[str, StudyAtHub] = {}
    for start in range(0, len(study_instance_uids), _AT_ONCE):
        some = study_instance_uids[start : start + _AT_ONCE]
        for row in connection.execute(select(forward_study).where(forward_study.c.study_instance_uid.in_(some))):
            found[row.study_instance_uid] = StudyAtHub(row.under_way_bytes, row.at_hub_instances, row.at_hub_at)
    return found


def studies_to_close(connection: Connection) -> list[str]:
    """Studies with proved objects that no closed manifest counts yet."""
    c, f = received_object.c, forward_study.c
    proved = func.count().label("proved")
    rows = connection.execute(
        select(c.study_instance_uid, proved, func.coalesce(func.max(f.at_hub_instances), 0).label("closed"))
        .select_from(received_object.outerjoin(forward_study, c.study_instance_uid == f.study_instance_uid))
        .where(c.state == State.PROVED)
        .group_by(c.study_instance_uid)
    )
    return [row.study_instance_uid for row in rows if row.proved != row.closed]


def studies_to_offer(connection: Connection) -> list[Waiting]:
    """Studies with coded objects that nobody has offered since, urgent ones and old ones first."""
    c = received_object.c
    priority = func.max(c.priority).label("priority")
    rows = connection.execute(
        select(c.study_instance_uid, priority, func.count().label("coded"))
        .where(c.state == State.CODED)
        .group_by(c.study_instance_uid)
        .order_by(priority.desc(), func.min(c.id))
    )
    return [Waiting(row.study_instance_uid, row.priority, row.coded) for row in rows]


def expected(connection: Connection, study_instance_uid: str) -> int:
    """How many objects of a study (as received) are here for the hub by now, or are there."""
    c = received_object.c
    not_meant = [State.REFUSED, State.REMOVED]
    return connection.execute(
        select(func.count()).where(c.study_instance_uid == study_instance_uid, c.state.not_in(not_meant))
    ).scalar_one()


def priorities(connection: Connection) -> dict[str, int]:
    """Studies that somebody has made more or less urgent than routine."""
    return {row.study_instance_uid: row.priority for row in connection.execute(select(study_priority))}


def studies_to_purge(connection: Connection, *, keep_originals: bool) -> list[str]:
    """Closed studies whose files are still here: a kill came between the hub's word and the removal."""
    c, f = received_object.c, forward_study.c
    here = c.purged_at.is_(None) if keep_originals else or_(c.purged_at.is_(None), c.original_kept)
    rows = connection.execute(
        select(c.study_instance_uid)
        .outerjoin(forward_study, c.study_instance_uid == f.study_instance_uid)
        .where(here, or_(c.state == State.REMOVED, and_(c.state == State.PROVED, f.at_hub_instances > 0)))
        .distinct()
    )
    open_ones = set(studies_to_close(connection))
    return [row.study_instance_uid for row in rows if row.study_instance_uid not in open_ones]


def reopen(connection: Connection, coded_sop_instance_uids: Sequence[str]) -> int:
    """The hub lacks objects that it had proved: they are sent again, as long as their files are here."""
    changed = 0
    for start in range(0, len(coded_sop_instance_uids), _AT_ONCE):
        some = coded_sop_instance_uids[start : start + _AT_ONCE]
        changed += connection.execute(
            update(received_object)
            .where(
                received_object.c.coded_sop_instance_uid.in_(some),
                received_object.c.state == State.PROVED,
                received_object.c.purged_at.is_(None),
            )
            .values(state=State.CODED)
        ).rowcount
    return changed


def note_removed(connection: Connection, study_instance_uid: str, coded_sop_instance_uids: Sequence[str]) -> None:
    """The hub had these of a study (as received) and removed them on purpose; what is left there is to be closed."""
    for start in range(0, len(coded_sop_instance_uids), _AT_ONCE):
        some = coded_sop_instance_uids[start : start + _AT_ONCE]
        connection.execute(
            update(received_object)
            .where(
                received_object.c.study_instance_uid == study_instance_uid,
                received_object.c.coded_sop_instance_uid.in_(some),
                received_object.c.state == State.PROVED,
            )
            .values(state=State.REMOVED)
        )
    reopen_studies(connection, [study_instance_uid])


def reopen_studies(connection: Connection, study_instance_uids: Sequence[str]) -> None:
    """That these (as received) are at the hub is no longer so: each is to be closed once more."""
    connection.execute(
        update(forward_study)
        .where(forward_study.c.study_instance_uid.in_(study_instance_uids))
        .values(at_hub_instances=0, at_hub_at=None, manifest_sha256="")
    )


def received_as(connection: Connection, coded_study_instance_uids: Sequence[str]) -> list[str]:
    """The UIDs under which studies were received that the hub knows by these."""
    rows = connection.execute(
        select(received_object.c.study_instance_uid)
        .where(received_object.c.coded_study_instance_uid.in_(list(coded_study_instance_uids)))
        .distinct()
    )
    return [row.study_instance_uid for row in rows]


def note_contact(connection: Connection, *, at: datetime, error: str) -> None:
    """The worker lives; it reached the hub, or could not."""
    values = {"error": error, "worker_at": at} | ({} if error else {"last_contact_at": at})
    connection.execute(
        insert(hub_contact).values(id=1, **values).on_conflict_do_update(index_elements=["id"], set_=values)
    )


def contact(connection: Connection) -> Contact:
    """When the hub was last heard of."""
    row = connection.execute(select(hub_contact).where(hub_contact.c.id == 1)).one_or_none()
    return Contact() if row is None else Contact(row.last_contact_at, row.error, row.worker_at, row.removals_heard)


def note_removals_heard(connection: Connection, until: int) -> None:
    """The hub's removals have been heard so far."""
    values = {"removals_heard": until}
    connection.execute(
        insert(hub_contact).values(id=1, **values).on_conflict_do_update(index_elements=["id"], set_=values)
    )
