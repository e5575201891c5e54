"""Rows that several writers may set at once: one of them counts, and none collides with another, on both databases."""

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def put_row(connection: Connection, table: Table, *, key: tuple[str, ...] | None = None, **values: Any) -> None:
    """Keep a row in the place of the one with the same key; without ``key`` that is the primary key."""
    index = list(key or _primary(table))
    connection.execute(_insert(connection, table, values).on_conflict_do_update(index_elements=index, set_=values))


def add_row(connection: Connection, table: Table, *, key: tuple[str, ...] | None = None, **values: Any) -> bool:
    """Keep a row unless one with the same key is there; whether there was none."""
    index = list(key or _primary(table))
    added = _insert(connection, table, values).on_conflict_do_nothing(index_elements=index)
    return connection.execute(added.returning(table.c[index[0]])).first() is not None


def _insert(connection: Connection, table: Table, values: dict[str, Any]) -> postgresql.Insert | sqlite.Insert:
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    return make(table).values(**values)


def _primary(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key)
