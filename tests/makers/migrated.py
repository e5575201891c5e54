"""A new database's schema, copied from one that the real migrations made once in this process.

All migrations one after the other take longer than most tests. That they lead from nothing to the newest schema is
proved in ``tests/integration/storage``, and every ``dokuei up`` of a journey runs them again in a home of its own.
"""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL, create_engine, inspect, text

from dokuei.storage.db import Database, Which, migrate, open_database, sqlite_url
from tests.makers.postgres import FRESH

_CALLERS = ("dokuei.hub.prepare.migrate", "dokuei.gateway.spool.migrate")


@contextmanager
def ready_schemas() -> Iterator["ReadySchemas"]:
    """Inside, hubs and gateways of this process that open a new database of a test get a copy of the schema."""
    with tempfile.TemporaryDirectory(prefix="dokuei-schema-") as folder, pytest.MonkeyPatch.context() as patch:
        made = ReadySchemas(Path(folder))
        for caller in _CALLERS:
            patch.setattr(caller, made.bring_up)
        yield made


@dataclass
class ReadySchemas:
    """The schemas that were made so far: a file for each program, a database for each PostgreSQL server."""

    folder: Path
    databases: dict[URL, str] = field(default_factory=dict)

    def bring_up(self, database: Database, *, which: Which) -> None:
        """What ``storage.db.migrate`` does; the copy only stands in for a database that holds no table yet."""
        with database.read() as connection:
            new = not inspect(connection).get_table_names()
        url = database.engine.url
        if new and url.drivername == "sqlite":
            _copy_file(self._file(which), database)
        elif new and which == "hub" and str(url.database).startswith(FRESH):
            database.close()
            self._copy_database(url)
        migrate(database, which=which)

    def _file(self, which: Which) -> Path:
        file = self.folder / f"{which}.sqlite"
        if not file.exists():
            with closing(open_database(sqlite_url(file))) as database:
                migrate(database, which=which)
        return file

    def _copy_database(self, url: URL) -> None:
        server = url.set(database="postgres")
        engine = create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            if server not in self.databases:
                name = f"schema_{uuid4().hex}"
                connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
                with closing(open_database(url.set(database=name).render_as_string())) as made:
                    migrate(made, which="hub")
                self.databases[server] = name
            connection.execute(text(f"DROP DATABASE {url.database} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {url.database} TEMPLATE {self.databases[server]}"))
        engine.dispose()


def _copy_file(source: Path, database: Database) -> None:
    """SQLite's own backup, page by page: whoever has the new file open sees it whole, or not yet."""
    with closing(sqlite3.connect(source)) as made, closing(sqlite3.connect(str(database.engine.url.database))) as new:
        new.execute("PRAGMA synchronous=OFF")
        made.backup(new)
    database.close()
