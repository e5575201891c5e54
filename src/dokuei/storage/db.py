"""The one SQL engine: SQLite by default, PostgreSQL when grown up, the same statements on both."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    TypeDecorator,
    create_engine,
    event,
    inspect,
    text,
)
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.pool import ConnectionPoolEntry
from typing_extensions import override

_KEPT = 8
_THREADS = 40  # that answer requests at once in one process (AnyIO's own number)
_SPARE = 12  # whoever writes may ask a second question meanwhile: without a spare, all would wait for each other
_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
hub_metadata = MetaData(naming_convention=_NAMING)
gateway_metadata = MetaData(naming_convention=_NAMING)

Synchronous = Literal["FULL", "NORMAL"]
Which = Literal["hub", "gateway"]


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC datetimes on both databases (SQLite drops the zone by itself)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@dataclass(frozen=True)
class Database:
    """An engine and the two ways to use it."""

    engine: Engine

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction that writes: committed at the end of the block, undone on an error.

        On SQLite the write lock is taken at once (``BEGIN IMMEDIATE``), so that two writers queue
        instead of failing half-way.
        """
        with self.engine.connect().execution_options(dokuei_writes=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view for reading."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def writes(connection: Connection) -> bool:
    """Whether this connection is in a transaction that writes."""
    return bool(connection.get_execution_options().get("dokuei_writes", False))


def open_database(url: str, *, synchronous: Synchronous = "FULL") -> Database:
    """Open (and for SQLite create) the database behind an SQLAlchemy URL.

    ``NORMAL`` is for tables that can be rebuilt from files that were themselves fsynced.
    """
    # An error's text goes into logs: it must not carry the values of a statement, which are patients' names.
    engine = create_engine(
        url,
        pool_pre_ping=not url.startswith("sqlite"),
        hide_parameters=True,
        pool_size=_KEPT,
        max_overflow=_THREADS + _SPARE - _KEPT,
    )
    event.listen(engine, "handle_error", _without_values)
    if engine.dialect.name == "sqlite":
        _tune_sqlite(engine, synchronous)
    return Database(engine)


def sqlite_url(path: Path) -> str:
    """The URL of an SQLite file; its folder is made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{path}"


def migrate(database: Database, *, which: Which) -> None:
    """Bring the schema to the newest migration; safe to call at every start."""
    if is_current(database, which=which):
        return
    from alembic import command  # noqa: PLC0415 - a third of a second that only the migrating process shall pay
    from alembic.config import Config  # noqa: PLC0415 - the same

    config = Config()
    config.set_main_option("script_location", str(_migrations(which)))
    with database.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(database: Database, *, which: Which) -> bool:
    """Whether the schema is that of the newest migration, found out without Alembic, which takes long to load."""
    newest = max(file.stem.split("_")[0] for file in _migrations(which).glob("versions/[0-9]*.py"))
    with database.read() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [newest]


def _migrations(which: Which) -> Path:
    return Path(__file__).parent / "migrations" / which


def _without_values(context: ExceptionContext) -> None:
    """PostgreSQL explains a failure by the row that failed, values and all, in lines below the first."""
    original = context.original_exception
    whole, said = str(original), str(original).partition("\n")[0]
    original.args = (said,)
    if context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (str(context.sqlalchemy_exception.args[0]).replace(whole, said),)


def _tune_sqlite(engine: Engine, synchronous: Synchronous) -> None:
    @event.listens_for(engine, "connect")
    def _pragmas(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        # The driver's own guesses about when a transaction begins are switched off; ours follow below.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "busy_timeout=30000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes(connection) else "BEGIN")
