"""A PostgreSQL server of the tests' own: in a folder of its own, reached through a socket, gone afterwards."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, text

_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
_UNPRIVILEGED = "postgres"
FRESH = "test_"
"""What the name of a test's own database begins with."""


@dataclass(frozen=True)
class Postgres:
    """A running server."""

    folder: Path

    def url(self, database: str = "postgres") -> str:
        """How SQLAlchemy reaches a database of it."""
        return f"postgresql+psycopg://{_UNPRIVILEGED}@/{database}?host={self.folder}"

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a fresh database."""
        name = f"{FRESH}{uuid4().hex}"
        engine = create_engine(self.url(), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
        try:
            yield self.url(name)
        finally:
            with engine.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
            engine.dispose()


def postgres_is_there() -> bool:
    """Whether the server's programs are installed."""
    return bool(_PROGRAMS)


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a server (never as root, which it refuses) and stop it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="dokuei-pg-"))
    user = _UNPRIVILEGED if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)
    data = folder / "data"
    try:
        initdb = ["-D", str(data), "-U", _UNPRIVILEGED, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        _run("initdb", *initdb, user=user, folder=folder)
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off -c max_connections=60"
        _run(
            "pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start", user=user, folder=folder
        )
        try:
            yield Postgres(folder)
        finally:
            _run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop", user=user, folder=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(program: str, *arguments: str, user: str | None, folder: Path) -> None:
    subprocess.run(
        [str(_PROGRAMS[0] / program), *arguments],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        user=user,
        timeout=60,
    )
