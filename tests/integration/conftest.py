"""Real databases for tests that need one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dokuei.storage.db import sqlite_url
from tests.makers.migrated import ReadySchemas, ready_schemas
from tests.makers.postgres import Postgres, postgres_is_there, running_postgres


@pytest.fixture(scope="session", autouse=True)
def schemas() -> Iterator[ReadySchemas]:
    """New databases of hubs and gateways in this process: the schema is copied instead of made step by step."""
    with ready_schemas() as ready:
        yield ready


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL server for the session; tests that need it are skipped where it is not installed."""
    if not postgres_is_there():
        pytest.skip("PostgreSQL is not installed (setup/system.sh test installs it)")
    with running_postgres() as running:
        yield running


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The URL of a fresh PostgreSQL database."""
    with postgres.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a fresh database, once of each kind."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgres_url")
        return url
    return sqlite_url(tmp_path / "hub.sqlite")
