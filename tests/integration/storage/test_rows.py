"""A row that several may set at once, on both databases."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, UniqueConstraint, select

from dokuei.storage.db import Database, open_database
from dokuei.storage.rows import add_row, put_row

_METADATA = MetaData()
_ROWS = Table(
    "some_row",
    _METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", String(10), nullable=False),
    Column("said", String(10), nullable=False),
    UniqueConstraint("name"),
)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    _METADATA.create_all(opened.engine)
    yield opened
    opened.close()


def test_a_row_is_added_once_and_whoever_adds_it_knows_whether_they_did(database: Database) -> None:
    with database.begin() as connection:
        assert add_row(connection, _ROWS, number=1, name="a", said="first")
        assert not add_row(connection, _ROWS, number=1, name="b", said="second")
        assert not add_row(connection, _ROWS, key=("name",), number=2, name="a", said="third")
        assert connection.execute(select(_ROWS)).all() == [(1, "a", "first")]


def test_a_row_takes_the_place_of_the_one_with_its_key(database: Database) -> None:
    with database.begin() as connection:
        put_row(connection, _ROWS, number=1, name="a", said="first")
        put_row(connection, _ROWS, number=1, name="a", said="second")
        put_row(connection, _ROWS, key=("name",), number=2, name="a", said="third")
        assert connection.execute(select(_ROWS)).all() == [(2, "a", "third")]
