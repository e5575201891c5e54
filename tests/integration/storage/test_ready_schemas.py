"""The copied schema that most tests begin with is, to the last index, the one that the migrations make."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import MetaData, text
from sqlalchemy.schema import CreateIndex, CreateTable

from dokuei.gateway import spool
from dokuei.hub import prepare
from dokuei.storage.db import Database, Which, migrate, open_database, sqlite_url
from tests.makers.migrated import ReadySchemas


@pytest.fixture(params=["hub on sqlite", "hub on postgresql", "gateway on sqlite"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Database, Database, Which]]:
    """Two new databases of one kind."""
    which: Which = "gateway" if "gateway" in request.param else "hub"
    if "postgresql" in request.param:
        fresh = request.getfixturevalue("postgres").database
    else:
        fresh = partial(_fresh_file, tmp_path)
    with (
        fresh() as one,
        fresh() as other,
        closing(open_database(one)) as first,
        closing(open_database(other)) as second,
    ):
        yield first, second, which


@contextmanager
def _fresh_file(folder: Path) -> Iterator[str]:
    yield sqlite_url(folder / f"{uuid4().hex}.sqlite")


def test_the_copy_is_what_the_migrations_make(pair: tuple[Database, Database, Which], schemas: ReadySchemas) -> None:
    stepwise, copied, which = pair
    migrate(stepwise, which=which)
    schemas.bring_up(stepwise, which=which)  # nothing is copied over what stands
    schemas.bring_up(copied, which=which)
    assert _drawn(copied) == _drawn(stepwise)
    assert _rows(copied) == _rows(stepwise)


def test_a_database_with_anything_in_it_is_migrated_and_not_replaced(tmp_path: Path, schemas: ReadySchemas) -> None:
    with closing(open_database(sqlite_url(tmp_path / "it.sqlite"))) as database:
        with database.begin() as connection:
            connection.execute(text("CREATE TABLE somebodys (thing VARCHAR)"))
            connection.execute(text("INSERT INTO somebodys VALUES ('kept')"))
        schemas.bring_up(database, which="gateway")
        with database.read() as connection:
            assert connection.execute(text("SELECT thing FROM somebodys")).scalars().all() == ["kept"]
            assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1


def test_hubs_and_gateways_of_a_test_begin_with_the_copy(schemas: ReadySchemas) -> None:
    assert vars(prepare)["migrate"] == vars(spool)["migrate"] == schemas.bring_up


def _drawn(database: Database) -> list[str]:
    """Every table and index as the database itself would make it again."""
    found = MetaData()
    found.reflect(database.engine)
    tables = sorted(found.tables.values(), key=lambda table: table.name)
    indexes = [index for table in tables for index in sorted(table.indexes, key=lambda one: str(one.name))]
    dialect = database.engine.dialect
    made = [CreateTable(table).compile(dialect=dialect) for table in tables]
    return [str(one) for one in (*made, *(CreateIndex(index).compile(dialect=dialect) for index in indexes))]


def _rows(database: Database) -> dict[str, list[str]]:
    """Every row that the migrations put in."""
    found = MetaData()
    found.reflect(database.engine)
    with database.read() as connection:
        return {
            name: sorted(str(tuple(row)) for row in connection.execute(table.select()))
            for name, table in found.tables.items()
        }
