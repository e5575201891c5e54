"""The last pulse as the gateway knows it, and what is taken away again of each: storage does not grow with health."""

from sqlalchemy import Column, Connection, Integer, Table, Text, delete, select
from sqlalchemy.dialects.sqlite import insert

from dokuei.gateway import order_tables
from dokuei.gateway.forward_tables import forward_study
from dokuei.gateway.pseudonym_tables import pseudonym_study
from dokuei.gateway.spool import Spool
from dokuei.gateway.spool_tables import received_object, study_priority
from dokuei.storage.db import gateway_metadata
from dokuei.transfer.pulses import Pulse

_THE_ONE = 1

pulse = Table(
    "pulse",
    gateway_metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("document", Text, nullable=False),
)


def note(connection: Connection, last: Pulse) -> None:
    """Each pulse replaces the one before."""
    document = last.model_dump_json()
    connection.execute(
        insert(pulse)
        .values(id=_THE_ONE, document=document)
        .on_conflict_do_update(index_elements=["id"], set_={"document": document})
    )


def last(connection: Connection) -> Pulse | None:
    """The last pulse, however it ended."""
    document = connection.execute(select(pulse.c.document).where(pulse.c.id == _THE_ONE)).scalar_one_or_none()
    return None if document is None else Pulse.model_validate_json(document)


def forget(spool: Spool, study_instance_uid: str) -> None:
    """Take the test patient's study and order out of the queue: files, then rows."""
    for item in spool.objects(study_instance_uid):
        item.path.unlink(missing_ok=True)
        if item.coded_path is not None:
            item.coded_path.unlink(missing_ok=True)
    with spool.database.begin() as connection:
        order_tables.forget_pulse(connection)
        c = received_object.c
        coded = select(c.coded_study_instance_uid).where(
            c.study_instance_uid == study_instance_uid, c.coded_study_instance_uid.is_not(None)
        )
        connection.execute(delete(pseudonym_study).where(pseudonym_study.c.coded_study_instance_uid.in_(coded)))
        for table in (received_object, forward_study, study_priority):
            connection.execute(delete(table).where(table.c.study_instance_uid == study_instance_uid))
