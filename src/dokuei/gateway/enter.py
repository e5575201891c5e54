"""The two statements that each received object costs, said to SQLite without the layers above it.

Through SQLAlchemy they took a fifth of an image's time; their text is still made from the one table definition.
"""

import threading
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, bindparam, func, literal_column, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import OperationalError

from dokuei.gateway.spool_tables import received_object, study_priority
from dokuei.storage.db import Database

ENTERED: Final = (
    "sop_instance_uid",
    "series_instance_uid",
    "study_instance_uid",
    "sop_class_uid",
    "transfer_syntax_uid",
    "modality",
    "patient_id",
    "accession_number",
    "study_date",
    "sha256",
    "size",
    "sending_ae",
    "peer_address",
    "received_at",
    "changed_at",
    "state",
)
_PRIORITY: Final = (
    select(study_priority.c.priority)
    .where(study_priority.c.study_instance_uid == bindparam("study_instance_uid"))
    .scalar_subquery()
)


class Rows:
    """A connection of its own, on which each statement is a transaction; several threads may use it.

    ``synchronous=NORMAL``: a row lost in a power cut is made again from its file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._connection = database.engine.raw_connection()
        self._connection.detach()
        self._cursor = self._connection.cursor()
        self._cursor.execute("PRAGMA synchronous=NORMAL")

    def close(self) -> None:
        """Give the connection back to the system; the pool never saw it."""
        self._connection.close()

    def known(self, sop_instance_uid: str) -> Row[Any] | None:
        """The row of an instance; nearly always there is none."""
        if not self._run(_KNOWN, {"uid": sop_instance_uid}):
            return None
        with self._database.read() as connection:
            return connection.execute(
                select(received_object).where(received_object.c.sop_instance_uid == sop_instance_uid)
            ).one_or_none()

    def enter(self, values: dict[str, Any]) -> bool:
        """Insert a row; ``False`` where the instance has one by now."""
        stored = {name: _stored(value) for name, value in values.items()}
        return bool(self._run(_INSERT, stored))

    def _run(self, statement: str, values: dict[str, Any]) -> list[Any]:
        with self._lock:
            try:
                self._cursor.execute(statement, values)
                found = list(self._cursor.fetchall())
            except self._database.engine.dialect.loaded_dbapi.OperationalError as error:
                raise OperationalError(statement, {}, error) from error
        return found


def _stored(value: Any) -> Any:
    """As SQLAlchemy stores it (a test compares the two)."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "microseconds")
    return value


def _text(statement: Any) -> str:
    return str(statement.compile(dialect=sqlite.dialect(paramstyle="named")))


_KNOWN: Final = _text(select(received_object.c.id).where(received_object.c.sop_instance_uid == bindparam("uid")))
_INSERT: Final = _text(
    insert(received_object)
    .values(priority=func.coalesce(_PRIORITY, literal_column("0")), **{name: bindparam(name) for name in ENTERED})
    .on_conflict_do_nothing(index_elements=["sop_instance_uid"])
    .returning(received_object.c.id)
)
